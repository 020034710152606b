/** Begins a transaction and takes a role with its claims. */
import type postgres from "postgres";
import type { Sql } from "./postgres_pool.ts";

/** Roles that only our functions take, each with the rights that its function needs. */
export type ServiceRole =
  | "service_webhooks"
  | "service_cron"
  | "service_auth"
  | "service_documents";

/** For whom a transaction is: a role, and under `authenticated` a person with verified claims. */
export type Identity =
  | { readonly role: "anon" | ServiceRole }
  | { readonly role: "authenticated"; readonly userId: string; readonly claims: string };

/**
 * The statements that begin a transaction as somebody. All that they set is local to it, so nothing
 * is left behind for whoever comes next. A person's claims are set in both forms: the hosted
 * `auth.uid()` reads the one, a local one the other. A service is nobody and has none; what was
 * local to a transaction before is gone with it.
 *
 * @param sql The connection.
 * @param identity For whom it is.
 * @returns The statements, not sent yet, to be sent in this order.
 */
export function enter(sql: Sql, identity: Identity): postgres.PendingQuery<postgres.Row[]>[] {
  // One message instead of two where there is no value to send, which is all of the hot path.
  if (identity.role === "anon") return [sql.unsafe(ENTER_ANON)];
  if (identity.role !== "authenticated") {
    return [sql.unsafe(`begin;\nset local role ${identity.role}`)];
  }
  const { role, userId, claims } = identity;
  return [
    sql`begin`,
    sql`
    select set_config('role', ${role}, true),
           set_config('request.jwt.claims', ${claims}, true),
           set_config('request.jwt.claim.sub', ${userId}, true),
           set_config('request.jwt.claim.role', ${role}, true)`,
  ];
}

const ENTER_ANON = `begin;
select set_config('role', 'anon', true),
       set_config('request.jwt.claims', '{"role":"anon"}', true),
       set_config('request.jwt.claim.sub', '', true),
       set_config('request.jwt.claim.role', 'anon', true)`;
