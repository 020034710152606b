/** Who may see the checks: administrators, and the tasks that bear `CRON_SECRET`. */
import { type AccessTokenKey, verifyAccessToken } from "@core/identity/session.ts";
import { bearerOf, requireSecret } from "@core/platform/bearer.ts";
import type { Database } from "@core/platform/database.ts";
import type { FunctionsEnv } from "@core/platform/env.ts";
import { AppError } from "@core/platform/errors.ts";

/** What the question is decided by. */
export interface OperatorDeps {
  readonly env: FunctionsEnv;
  readonly db: Database;
  readonly key: AccessTokenKey;
  /** The time in milliseconds. */
  readonly now: number;
}

/**
 * Lets operators through.
 *
 * @param deps Environment, database, key of access tokens and time.
 * @param headers The request's.
 * @returns Whose switches they see besides those for all: a tenant, or null for every one.
 * @throws {AppError} 401 without a token or the secret, 403 for everybody else.
 */
export async function requireOperator(
  { env, db, key, now }: OperatorDeps,
  headers: Headers,
): Promise<string | null> {
  const session = await verifyAccessToken(bearerOf(headers) ?? "", key, now);
  if (session === null) {
    requireSecret(headers, env.cronSecrets);
    return null;
  }
  const [person] = await db.asUser(
    session,
    (tx) =>
      tx<{ role: string; tenantId: string }[]>`
      select role, tenant_id from public.profiles where id = ${session.userId} and is_active`,
  );
  if (person?.role === "super_admin") return null;
  if (person?.role === "tenant_admin") return person.tenantId;
  throw new AppError({
    status: 403,
    code: "forbidden",
    message: "Only administrators see the checks.",
  });
}
