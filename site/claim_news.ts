/** What is news about a claim stops being news when its page is opened. */
import { markClaimRead } from "@core/claims/message_store.ts";
import {
  countUnreadNotifications,
  markClaimNotificationsRead,
} from "@core/claims/notification_store.ts";
import type { State, Transaction } from "../utils.ts";
import { viewerOf } from "./guards.ts";

/**
 * Notes that the viewer has a claim and its conversation before them, and counts anew for the bell of
 * this very page.
 *
 * @param state The request's.
 * @param tx A transaction in the viewer's name; read the claim's record before.
 * @param claimId The claim.
 */
export async function noteClaimRead(
  state: State,
  tx: Transaction,
  claimId: string,
): Promise<void> {
  await markClaimRead(tx, claimId);
  await countAnew(state, tx);
}

/**
 * The same for who looks at a claim that is not theirs to answer: its messages stay unread.
 *
 * @param state The request's.
 * @param tx A transaction in the viewer's name.
 * @param claimId The claim.
 */
export async function noteClaimSeen(
  state: State,
  tx: Transaction,
  claimId: string,
): Promise<void> {
  await markClaimNotificationsRead(tx, claimId);
  await countAnew(state, tx);
}

async function countAnew(state: State, tx: Transaction): Promise<void> {
  if (state.unread > 0) state.unread = await countUnreadNotifications(tx, viewerOf(state).id);
}
