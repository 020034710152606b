/** The public facts of the tenants, read once a minute. */
import {
  readTenants,
  tenantByHost,
  type TenantFacts,
  tenantOrigin,
} from "@core/identity/tenants.ts";
import type { Clock } from "@core/platform/clock.ts";
import type { Database } from "@core/platform/database.ts";
import type { SiteEnv } from "@core/platform/env.ts";
import { config } from "../fresh.config.ts";

/** Answers which tenant a host or a person belongs to. */
export class TenantDirectory {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #default: string;
  #tenants: readonly TenantFacts[] = [];
  #goodUntil = -Infinity;
  #reading: Promise<readonly TenantFacts[]> | undefined;

  constructor(
    connections: { readonly db: Database; readonly clock: Clock; readonly env: SiteEnv },
  ) {
    this.#db = connections.db;
    this.#clock = connections.clock;
    this.#default = connections.env.defaultPublicTenant;
  }

  /** Has the tenants read again: something about them was just changed here. */
  forget(): void {
    this.#goodUntil = -Infinity;
  }

  /** The tenant that a `Host` header names, else the default one. */
  async byHost(host: string | null): Promise<TenantFacts> {
    return tenantByHost(await this.#all(), host, this.#default);
  }

  /** The tenant that a `Host` header names, if it names one. */
  async byOwnHost(host: string): Promise<TenantFacts | undefined> {
    const name = host.trim().toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
    return (await this.#all()).find((tenant) => tenant.hosts.includes(name));
  }

  /** Every address that the site has: its own and those of the tenants. */
  async origins(siteUrl: string): Promise<string[]> {
    const ours = (await this.#all()).map(({ hosts }) => tenantOrigin(siteUrl, hosts));
    return [...new Set([new URL(siteUrl).origin, ...ours])];
  }

  /** All active tenants, by id. */
  async active(): Promise<readonly TenantFacts[]> {
    return await this.#all();
  }

  /** The tenant of that id, if it is active. */
  async byId(id: string): Promise<TenantFacts | undefined> {
    return (await this.#all()).find((tenant) => tenant.id === id);
  }

  /** Every active tenant. */
  async all(): Promise<readonly TenantFacts[]> {
    return await this.#all();
  }

  /** Whether a host name, without port, belongs to a tenant. */
  async knowsHost(name: string): Promise<boolean> {
    return (await this.#all()).some((tenant) => tenant.hosts.includes(name));
  }

  async #all(): Promise<readonly TenantFacts[]> {
    if (this.#clock.now() < this.#goodUntil) return this.#tenants;
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
    return await this.#reading;
  }

  async #read(): Promise<readonly TenantFacts[]> {
    try {
      this.#tenants = await this.#db.asAnon((tx) => readTenants(tx));
    } catch (error) {
      // Facts a little out of date serve a visitor better than none.
      if (this.#tenants.length === 0) throw error;
    }
    this.#goodUntil = this.#clock.now() + config.tenantsKeptFor;
    return this.#tenants;
  }
}
