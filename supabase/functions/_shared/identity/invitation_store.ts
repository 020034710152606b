/** Invitations, as far as whoever invites goes; the database decides who may. */
import { sqlState } from "@core/platform/database.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { Role } from "./roles.ts";

/** Somebody to be invited. */
export interface NewInvitation {
  readonly email: string;
  readonly role: Role;
  readonly branchId: string | null;
  readonly fullName: string;
  readonly locale: string;
  /** For super admins, who invite to any tenant; null for one's own. */
  readonly tenantId: string | null;
}

/** Why the database did not do what was asked of an invitation. */
export type InvitationRefusal =
  /** Only the address, the name or the branch may be wrong: what was typed. */
  | "invalid"
  | "branch_needed"
  | "branch_closed"
  /** Somebody with this address has a role here already. */
  | "has_role"
  /** The member has another agent. */
  | "has_agent"
  /** There is an open invitation to this address: renew it or take it back. */
  | "already_open"
  | "not_allowed"
  | "not_found"
  | "expired"
  | "revoked"
  | "accepted"
  | "other_address"
  | "other_tenant"
  | "locked"
  | "too_many";

/** By the beginning of PostgreSQL's message, which the migrations keep stable. */
const MESSAGES: readonly (readonly [beginning: RegExp, refusal: InvitationRefusal])[] = [
  [/^an invitation is open/, "already_open"],
  [/^this person has a role/, "has_role"],
  [/^this person has an agent/, "has_agent"],
  [/need a branch/, "branch_needed"],
  [/^the branch is closed/, "branch_closed"],
  [/^the invitation is expired/, "expired"],
  [/^the invitation is revoked/, "revoked"],
  [/^the invitation is accepted/, "accepted"],
  [/^the invitation is for another address/, "other_address"],
  [/^the invitation is for another country/, "other_tenant"],
  [/^the account is locked/, "locked"],
];

const STATES: Readonly<Record<string, InvitationRefusal>> = {
  "PT404": "not_found",
  "42501": "not_allowed",
  "23514": "invalid",
  "23503": "invalid",
  "22P02": "invalid",
  "54000": "too_many",
};

/**
 * What an error of the database means for whoever asked.
 *
 * @param error What was thrown.
 * @returns The refusal, or null if the error is none: then it is a fault of ours or of the network.
 */
export function invitationRefusal(error: unknown): InvitationRefusal | null {
  const state = sqlState(error);
  if (state === undefined) return null;
  const message = error instanceof Error ? error.message : "";
  return MESSAGES.find(([beginning]) => beginning.test(message))?.[1] ?? STATES[state] ?? null;
}

/**
 * Invites somebody.
 *
 * @param tx A transaction in the name of whoever invites.
 * @param invitation Whom, and to what.
 * @param tokenHash What is kept of the link's code.
 * @returns The invitation's id.
 */
export async function insertInvitation(
  tx: Transaction,
  invitation: NewInvitation,
  tokenHash: string,
): Promise<string> {
  const { email, role, branchId, fullName, locale, tenantId } = invitation;
  const [row] = await tx<{ id: string }[]>`
    select private.create_invitation(${email}, ${role}, ${branchId}::uuid, ${fullName}, ${locale},
                                     ${tokenHash}, ${tenantId}) as id`;
  if (row === undefined) throw new Error("private.create_invitation returned no row");
  return row.id;
}

/**
 * Gives an open invitation another link and seven more days.
 *
 * @param tx A transaction in the name of whoever may invite.
 * @param id The invitation.
 * @param tokenHash What is kept of the new link's code.
 */
export async function prolongInvitation(
  tx: Transaction,
  id: string,
  tokenHash: string,
): Promise<void> {
  await tx`select private.renew_invitation(${id}::uuid, ${tokenHash})`;
}
