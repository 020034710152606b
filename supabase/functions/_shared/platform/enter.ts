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
 * is left behind for whoever comes next. The claims are set in both forms: the hosted `auth.uid()`
 * reads the one, a local one the other.
 *
 * @param sql The connection.
 * @param identity For whom it is.
 * @returns The statements, not sent yet, to be sent in this order.
 */
export function enter(sql: Sql, identity: Identity): postgres.PendingQuery<postgres.Row[]>[] {
  // One message instead of two where there is no value to send, which is all of the hot path.
  if (identity.role !== "authenticated") return [sql.unsafe(ENTRIES[identity.role])];
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

const entry = (role: "anon" | ServiceRole) =>
  `begin;
select set_config('role', '${role}', true),
       set_config('request.jwt.claims', '{"role":"${role}"}', true),
       set_config('request.jwt.claim.sub', '', true),
       set_config('request.jwt.claim.role', '${role}', true)`;

const ENTRIES: Readonly<Record<"anon" | ServiceRole, string>> = {
  anon: entry("anon"),
  "service_webhooks": entry("service_webhooks"),
  "service_cron": entry("service_cron"),
  "service_auth": entry("service_auth"),
  "service_documents": entry("service_documents"),
};
