/** Links by which new members choose their first password. */
import { hashOfToken, isLinkToken } from "../claims/link_token.ts";
import type { Transaction } from "../platform/database.ts";
import { isLocale, type Locale } from "../platform/i18n.ts";
import { authPassword } from "./auth_password.ts";
import type { PasswordOwner } from "./password_rules.ts";
import type { WelcomeLinkState } from "./welcome_link.ts";

/** What everyone with a link may know. */
export interface WelcomeLink {
  readonly state: WelcomeLinkState;
  /** The member's language; null if the link leads nowhere. */
  readonly locale: Locale | null;
  readonly tenantId: string | null;
}

const NOWHERE: WelcomeLink = { state: "unknown", locale: null, tenantId: null };

/**
 * Looks a link up. Nothing is used up, however often it is asked.
 *
 * @param tx A transaction of anybody.
 * @param token The link's code.
 */
export async function readWelcome(tx: Transaction, token: string): Promise<WelcomeLink> {
  if (!isLinkToken(token)) return NOWHERE;
  const [row] = await tx<
    { state: WelcomeLinkState; locale: string | null; tenantId: string | null }[]
  >`
    select state, locale, tenant_id from private.welcome_state(${await hashOfToken(token)})`;
  if (row === undefined) return NOWHERE;
  const { state, locale, tenantId } = row;
  return { state, locale: locale !== null && isLocale(locale) ? locale : null, tenantId };
}

/**
 * Whose first password a link chooses. Uses nothing up.
 *
 * @param tx A transaction as `service_auth`.
 * @param token The link's code.
 */
export async function ownerOfWelcome(
  tx: Transaction,
  token: string,
): Promise<PasswordOwner | null> {
  const [owner] = await tx<{ email: string; fullName: string }[]>`
    select email, full_name from private.owner_of_welcome(${await hashOfToken(token)})`;
  return owner ?? null;
}

/**
 * Gives a new member their first password: one statement, after which the link is used.
 *
 * @param tx A transaction as `service_auth`.
 * @param token The link's code.
 * @param password A password that the rules allow.
 * @returns `claimed` with whose account it is, or why not.
 */
export async function claimAccount(
  tx: Transaction,
  token: string,
  password: string,
): Promise<
  | { readonly state: "claimed"; readonly userId: string; readonly email: string }
  | { readonly state: Exclude<WelcomeLinkState, "open"> }
> {
  const [row] = await tx<
    { state: "claimed" | WelcomeLinkState; userId: string | null; email: string | null }[]
  >`
    select state, user_id, email
    from private.claim_account(${await hashOfToken(token)}, ${authPassword(password)})`;
  if (row?.state === "claimed" && row.userId !== null && row.email !== null) {
    return { state: "claimed", userId: row.userId, email: row.email };
  }
  return { state: row?.state === "used" || row?.state === "expired" ? row.state : "unknown" };
}
