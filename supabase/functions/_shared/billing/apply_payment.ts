/** Applies a completed transaction: reads, lets the rules decide, sends the changes. */
import { recordAudit } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import { decideMember } from "./decide_member.ts";
import { decidePayment } from "./decide_payment.ts";
import { postInvoice, readPayment } from "./invoice_store.ts";
import { findMembers } from "./member_store.ts";
import { type PaddleEvent, transactionOf } from "./paddle_events.ts";
import { type EventOutcome, WEBHOOKS_ROLE } from "./webhook_store.ts";

/**
 * Reads what a completed transaction needs.
 *
 * @param tx A transaction of the webhooks' role that holds the subject's lock.
 * @param event A `transaction.completed` event.
 * @returns Decides and sends the changes; throws `MemberUnresolved` if it is nobody's.
 * @throws {MalformedEvent} If the event does not carry a transaction.
 */
export async function applyPayment(
  tx: Transaction,
  event: PaddleEvent,
): Promise<(tx: Transaction) => EventOutcome> {
  const entity = transactionOf(event);
  const [clues, { subscriptionId, posted }] = await Promise.all([
    findMembers(tx, {
      subscriptionId: entity.subscriptionId,
      customerId: entity.customerId,
      customData: entity.customData,
    }),
    readPayment(tx, entity),
  ]);

  return function apply(tx) {
    const member = decideMember(entity.customData, clues);
    const { tenantId } = member;
    const decision = decidePayment(event, entity, posted);
    const about = { tenantId, actorRole: WEBHOOKS_ROLE, entityType: "billing_invoice" };
    const facts = {
      "event_id": event.eventId,
      "transaction_id": entity.id,
      "user_id": member.userId,
    };
    if (decision.outcome === "ignored") {
      recordAudit(tx, {
        ...about,
        action: "billing.invoice.replay_ignored",
        entityId: null,
        metadata: facts,
      }).execute();
      return { result: "ignored", reason: decision.reason, tenantId };
    }
    const { invoice } = decision;
    const id = crypto.randomUUID();
    postInvoice(tx, { id, member, subscriptionId, invoice }).execute();
    const metadata = {
      ...facts,
      "subscription_id": subscriptionId,
      "amount_cents": invoice.amountCents,
      currency: invoice.currency,
    };
    recordAudit(
      tx,
      { ...about, action: "payment.processed", entityId: id, metadata },
      { ...about, action: "billing.invoice.posted", entityId: id, metadata },
    ).execute();
    return { result: "ok", reason: null, tenantId };
  };
}
