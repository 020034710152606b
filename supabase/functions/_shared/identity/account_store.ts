/** What the database keeps and says about accounts: whose address it is, whose link, which sessions. */
import { recordAudit } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { PasswordOwner } from "./password_rules.ts";

/** A person with an account. */
export interface AccountHolder {
  readonly id: string;
  readonly tenantId: string;
}

const ROLE = "service_auth";

/**
 * Writes down that a new password is wanted for an address, without the address.
 *
 * @param tx A transaction as `service_auth`.
 * @param email The address, in lower case.
 * @returns Whose address it is, or null if nobody's.
 */
export async function notePasswordRequest(
  tx: Transaction,
  email: string,
): Promise<AccountHolder | null> {
  const [person] = await tx<AccountHolder[]>`
    select id, tenant_id from public.profiles where lower(email) = ${email}`;
  await recordAudit(tx, {
    action: "auth.password_reset_requested",
    tenantId: person?.tenantId ?? null,
    actorRole: ROLE,
    entityType: "profile",
    entityId: person?.id ?? null,
  });
  return person ?? null;
}

/**
 * Whose password a link would change. Nothing is used up by asking.
 *
 * @param tx A transaction as `service_auth`.
 * @param token The link's code.
 * @returns The person, or null where that is not known.
 */
export async function ownerOfResetLink(
  tx: Transaction,
  token: string,
): Promise<PasswordOwner | null> {
  const [owner] = await tx<{ email: string; fullName: string }[]>`
    select email, full_name from private.owner_of_reset_link(${token})`;
  return owner ?? null;
}

/**
 * Who would have another mail address by a link, and their present one. Nothing is used up by asking.
 *
 * @param tx A transaction as `service_auth`.
 * @param token The link's code.
 * @returns The person, or null where that is not known.
 */
export async function ownerOfAddressLink(
  tx: Transaction,
  token: string,
): Promise<{ readonly userId: string; readonly email: string } | null> {
  const [owner] = await tx<{ userId: string; email: string }[]>`
    select user_id, email from private.owner_of_address_link(${token})`;
  return owner ?? null;
}

/**
 * Ends every session of the person in whose name the transaction is, in every browser, at once.
 *
 * @param tx A transaction in the person's name.
 */
export async function endAllSessions(tx: Transaction): Promise<void> {
  await tx`select private.end_all_sessions()`;
}

/**
 * Ends the sessions of the person in whose name the transaction is, but for the one at work.
 *
 * @param tx A transaction in the person's name.
 */
export async function endOtherSessions(tx: Transaction): Promise<void> {
  await tx`select private.end_other_sessions()`;
}

/**
 * Who somebody is, for the password that they are to have.
 *
 * @param tx A transaction in the person's name.
 * @param userId The person.
 * @returns Null for somebody without an active profile.
 */
export async function readOwner(
  tx: Transaction,
  userId: string,
): Promise<{ readonly email: string; readonly fullName: string } | null> {
  const [row] = await tx<{ email: string; fullName: string }[]>`
    select email, full_name from public.profiles where id = ${userId} and is_active`;
  return row ?? null;
}

/**
 * Writes down that a password was chosen, or that another mail address is wanted.
 *
 * @param tx A transaction as `service_auth`.
 * @param userId Whose it is.
 * @param action By a link, or by whoever knew the former one; addresses are not noted.
 */
export async function noteAccount(
  tx: Transaction,
  userId: string,
  action:
    | "auth.password_reset_completed"
    | "auth.password_changed"
    | "auth.email_change_requested",
): Promise<void> {
  const [person] = await tx<AccountHolder[]>`
    select id, tenant_id from public.profiles where id = ${userId}`;
  await recordAudit(tx, {
    action,
    tenantId: person?.tenantId ?? null,
    actorId: userId,
    actorRole: ROLE,
    entityType: "profile",
    entityId: userId,
  });
}

/**
 * Whether a token's sign-in still counts.
 *
 * @param tx A transaction in the person's name.
 * @param sessionId The sign-in, as the verified token says.
 */
export async function sessionLives(tx: Transaction, sessionId: string | null): Promise<boolean> {
  const [row] = await tx<{ lives: boolean }[]>`
    select private.session_lives(${sessionId}::uuid) as lives`;
  return row?.lives === true;
}
