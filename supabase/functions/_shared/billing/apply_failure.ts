/** Applies a failed renewal: it counts, and the subscription's own events say what it leads to. */
import type { AuditEntry } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import { completeSubscription, readStored } from "./subscription_store.ts";
import { differs, refoldSubscription } from "./fold_subscription.ts";
import { historyItem, readHistory } from "./history_store.ts";
import { type PaddleEvent, transactionOf } from "./paddle_events.ts";
import { type EventOutcome, WEBHOOKS_ROLE } from "./webhook_store.ts";

/**
 * Reads what a failed payment needs.
 *
 * @param tx A transaction of the webhooks' role that holds the subject's lock.
 * @param event A `transaction.payment_failed` event.
 * @returns Sends the changes.
 * @throws {MalformedEvent} If the event does not carry a transaction.
 */
export async function applyFailure(
  tx: Transaction,
  event: PaddleEvent,
): Promise<(tx: Transaction) => EventOutcome> {
  const { subscriptionId, id: transactionId } = transactionOf(event);
  const item = historyItem(event);
  if (subscriptionId === null || item.length === 0) {
    return () => ignored("no renewal: the buyer was told at once and may try again");
  }
  const [stored, history] = await Promise.all([
    readStored(tx, subscriptionId),
    readHistory(tx, subscriptionId),
  ]);
  if (stored === null) {
    return () => ignored("its subscription is not known yet; it is counted when it is past due");
  }
  const told = refoldSubscription([...history, ...item], stored.state);
  const { tenantId, userId: memberId } = stored.member;
  if (told === null || !differs(told, stored.state)) {
    const reason = "the subscription says so already, or has been paid since";
    return () => ({ ...ignored(reason), tenantId, memberId });
  }
  return function apply(tx) {
    const changes = [completeSubscription(tx, stored.id, told, stored.accessRevokedAt)];
    const entry: AuditEntry = {
      action: "payment.failed",
      tenantId,
      actorRole: WEBHOOKS_ROLE,
      entityType: "subscription",
      entityId: stored.id,
      metadata: {
        "event_id": event.eventId,
        "transaction_id": transactionId,
        "user_id": memberId,
        attempt: told.dunningAttemptCount,
      },
    };
    return { result: "ok", reason: null, tenantId, memberId, changes, audit: [entry] };
  };
}

function ignored(reason: string): EventOutcome {
  return { result: "ignored", reason, tenantId: null, memberId: null };
}
