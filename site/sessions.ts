/** Where a person is signed in, and the end of it. */
import type { Transaction } from "@core/platform/database.ts";

/** One sign-in of a person. */
export interface OwnSession {
  readonly id: string;
  readonly createdAt: Date;
  /** When it was last heard of, give or take the life of an access token. */
  readonly refreshedAt: Date;
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** Whether it is the one that asks. */
  readonly isCurrent: boolean;
}

/**
 * The sessions of the signed-in person, the one used last first.
 *
 * @param tx A transaction in the person's name.
 */
export async function readSessions(tx: Transaction): Promise<OwnSession[]> {
  return await tx<OwnSession[]>`
    select id, created_at, refreshed_at, user_agent, ip, is_current from private.my_sessions()`;
}

/**
 * Ends one session of the signed-in person.
 *
 * @param tx A transaction in the person's name.
 * @param id The session.
 * @returns Whether there was such a session.
 */
export async function endSession(tx: Transaction, id: string): Promise<boolean> {
  const [row] = await tx<{ ended: boolean }[]>`
    select private.end_session(${id}::uuid) as ended`;
  return row?.ended === true;
}

/**
 * Ends all sessions of the signed-in person but the one that asks.
 *
 * @param tx A transaction in the person's name.
 * @returns How many there were.
 */
export async function endOtherSessions(tx: Transaction): Promise<number> {
  const [row] = await tx<{ ended: number }[]>`select private.end_other_sessions() as ended`;
  return row?.ended ?? 0;
}

/**
 * Notes from where somebody signed in, for their own list: to Auth it is always the site that asks. It
 * is written to the audit log as well.
 *
 * @param tx A transaction in the person's name.
 * @param userAgent What the browser says that it is.
 * @param address Where the request came from.
 * @param hostTenant The tenant whose own host it was; null for a host that is everybody's.
 */
export async function noteSession(
  tx: Transaction,
  userAgent: string | null,
  address: string,
  hostTenant: string | null,
): Promise<void> {
  const known = /^[0-9a-f.:]{2,45}$/i.test(address) ? address : null;
  const browser = userAgent?.slice(0, 300) ?? null;
  await tx`select private.note_session(${browser}, ${known}, ${hostTenant})`;
}

/**
 * Ends the session at work, at once, and writes to the audit log that the person signed out.
 *
 * @param tx A transaction in the person's name.
 */
export async function noteSignOut(tx: Transaction): Promise<void> {
  await tx`select private.note_sign_out()`;
}
