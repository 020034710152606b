/** Invitations, as whoever is invited and whoever invites sees them. */
import { hashOfToken, isLinkToken } from "@core/claims/link_token.ts";
import type { Role } from "@core/identity/roles.ts";
import type { Transaction } from "@core/platform/database.ts";

/** What may be known of an invitation by whoever has its link; all but the state null if unknown. */
export interface Invitation {
  readonly state: "open" | "expired" | "revoked" | "accepted" | "unknown";
  readonly tenantId: string | null;
  readonly role: Role | null;
  /** Null unless it is open. */
  readonly email: string | null;
  readonly fullName: string | null;
  readonly locale: string | null;
  readonly invitedByName: string | null;
  readonly expiresAt: Date | null;
  /** Whether it is for whoever is signed in; null if nobody is. */
  readonly isMine: boolean | null;
}

/** An invitation that waits, in the list of whoever may send it again or take it back. */
export interface OpenInvitation {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  readonly role: Role;
  readonly expiresAt: Date;
  readonly isOver: boolean;
}

/** The most invitations that are listed. */
const MOST = 100;

const NOBODYS: Invitation = {
  state: "unknown",
  tenantId: null,
  role: null,
  email: null,
  fullName: null,
  locale: null,
  invitedByName: null,
  expiresAt: null,
  isMine: null,
};

/**
 * Looks an invitation up by its link. Nothing is used up.
 *
 * @param tx A transaction of whoever asks.
 * @param token The link's code.
 */
export async function readInvitation(tx: Transaction, token: string): Promise<Invitation> {
  if (!isLinkToken(token)) return NOBODYS;
  const [found] = await tx<Invitation[]>`
    select state, tenant_id, role, email, full_name, locale, invited_by_name, expires_at, is_mine
    from private.invitation_by_token(${await hashOfToken(token)})`;
  return found ?? NOBODYS;
}

/**
 * Gives the signed-in person what they are invited to.
 *
 * @param tx A transaction in the person's name.
 * @param token The link's code.
 * @returns The person's role from now on.
 * @throws What the database refuses; see `invitationRefusal`.
 */
export async function acceptInvitation(tx: Transaction, token: string): Promise<Role> {
  const [row] = await tx<{ role: Role }[]>`
    select private.accept_invitation(${await hashOfToken(token)}) as role`;
  if (row === undefined) throw new Error("private.accept_invitation returned no row");
  return row.role;
}

/**
 * Invitations that are neither accepted nor taken back, the latest first.
 *
 * @param tx A transaction in the name of whoever may see them.
 * @param of Whose: of a tenant, or those that one person made.
 */
export async function readOpenInvitations(
  tx: Transaction,
  of: { readonly tenantId: string } | { readonly invitedBy: string },
): Promise<OpenInvitation[]> {
  return await tx<OpenInvitation[]>`
    select id, email, full_name, role, expires_at, expires_at <= now() as is_over
    from public.invitations
    where accepted_at is null and revoked_at is null
      and ${"tenantId" in of ? tx`tenant_id = ${of.tenantId}` : tx`invited_by = ${of.invitedBy}`}
    order by created_at desc, id
    limit ${MOST}`;
}

/**
 * Takes an invitation back; its link stops working.
 *
 * @param tx A transaction in the name of whoever may.
 * @param id The invitation.
 */
export async function revokeInvitation(tx: Transaction, id: string): Promise<void> {
  await tx`select private.revoke_invitation(${id}::uuid)`;
}
