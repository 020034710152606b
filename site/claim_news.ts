/** What is news about a claim stops being news when its page is opened. */
import { markClaimRead } from "@core/claims/message_store.ts";
import { countUnreadNotifications } from "@core/claims/notification_store.ts";
import type { State, Transaction } from "../utils.ts";
import { viewerOf } from "./guards.ts";

/**
 * Notes that the viewer has a claim before them, and counts anew for the bell of this very page.
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
  if (state.unread > 0) state.unread = await countUnreadNotifications(tx, viewerOf(state).id);
}
