/** Reads the events of a subscription that were done with, to be told once more in their own order. */
import type { Transaction } from "@core/platform/database.ts";
import type { HistoryItem } from "./fold_subscription.ts";
import { type PaddleEvent, parseEvent, subscriptionOf, transactionOf } from "./paddle_events.ts";

/**
 * Reads what a subscription's events told so far. After 90 days an event is a summary, which has all
 * that is looked at here.
 *
 * @param tx A transaction of the webhooks' role that holds the subject's lock.
 * @param subscriptionId Paddle's id, the events' subject.
 * @returns The events that have a say, in no order.
 */
export async function readHistory(
  tx: Transaction,
  subscriptionId: string,
): Promise<HistoryItem[]> {
  const rows = await tx<{ json: unknown }[]>`
    select coalesce(payload, summary) as json
    from public.webhook_events
    where subject_id = ${subscriptionId}
      and (event_type like 'subscription.%' or event_type = 'transaction.payment_failed')
      and processing_result in ('ok', 'ignored')
      and signature_valid`;
  return rows.flatMap(({ json }) => json === null ? [] : historyItem(parseEvent(json)));
}

/**
 * An event as a part of its subscription's history.
 *
 * @param event The event.
 * @returns The item; none if it has no say about the subscription.
 * @throws {MalformedEvent} If its entity cannot be read.
 */
export function historyItem(event: PaddleEvent): HistoryItem[] {
  if (event.eventType.startsWith("subscription.")) {
    return [{ kind: "subscription", event, entity: subscriptionOf(event) }];
  }
  // Other payments that fail, at a checkout or for another plan, leave the subscription as it is.
  if (transactionOf(event).origin !== "subscription_recurring") return [];
  return [{ kind: "failure", event }];
}
