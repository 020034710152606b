/** Applies a completed transaction: reads, lets the rules decide, sends the changes. */
import type { AuditEntry } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import { accessChange } from "./apply_subscription.ts";
import { enterCommission } from "./commission_store.ts";
import { addCustomer } from "./customer_store.ts";
import { decideAccessRevoked } from "./decide_access.ts";
import { decideCommission } from "./decide_commission.ts";
import { decideMember, type Member } from "./decide_member.ts";
import { decidePayment, type Invoice } from "./decide_payment.ts";
import { type Effect, NO_EFFECT, together } from "./effect.ts";
import { type PaymentFacts, postInvoice, readPayment } from "./invoice_store.ts";
import { type PaddleEvent, type TransactionEntity, transactionOf } from "./paddle_events.ts";
import { completeSubscription } from "./subscription_store.ts";
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
  const facts = await readPayment(tx, entity);
  const { found } = facts;

  return function apply(tx) {
    const member = decideMember(entity.customData, found);
    const { tenantId } = member;
    const decision = decidePayment(event, entity, facts.posted);
    const about = { tenantId, actorRole: WEBHOOKS_ROLE, entityType: "billing_invoice" };
    const eventFacts = {
      "event_id": event.eventId,
      "transaction_id": entity.id,
      "user_id": member.userId,
    };
    if (decision.outcome === "ignored") {
      const replayed: AuditEntry = {
        ...about,
        action: "billing.invoice.replay_ignored",
        entityId: null,
        metadata: eventFacts,
      };
      return {
        result: "ignored",
        reason: decision.reason,
        tenantId,
        memberId: member.userId,
        audit: facts.posted ? [replayed] : [],
      };
    }
    const { invoice } = decision;
    const subscriptionId = facts.subscription?.id ?? null;
    const id = crypto.randomUUID();
    const changes = [postInvoice(tx, { id, member, subscriptionId, invoice })];
    if (
      entity.customerId !== null && !found.customers.some((one) => one.userId === member.userId)
    ) changes.push(addCustomer(tx, entity.customerId, member));
    const metadata = {
      ...eventFacts,
      "subscription_id": subscriptionId,
      "amount_cents": invoice.amountCents,
      currency: invoice.currency,
    };
    const audit: AuditEntry[] = [
      { ...about, action: "payment.processed", entityId: id, metadata },
      { ...about, action: "billing.invoice.posted", entityId: id, metadata },
    ];
    return {
      result: "ok",
      reason: null,
      tenantId,
      memberId: member.userId,
      ...together(
        { changes, audit },
        payAgent(tx, { event, entity, member, facts, invoiceId: id }),
        settleAccess(tx, { event, member, facts, invoice }),
      ),
    };
  };
}

/** The agent's commission, and word of a referral code that led nowhere. */
function payAgent(
  tx: Transaction,
  { event, entity, member, facts, invoiceId }: {
    readonly event: PaddleEvent;
    readonly entity: TransactionEntity;
    readonly member: Member;
    readonly facts: PaymentFacts;
    readonly invoiceId: string;
  },
): Effect {
  const { tenantId } = member;
  const referral = {
    agentOfCode: facts.coded.find((agent) => agent.tenantId === tenantId)?.id ?? null,
    agentOfMember: facts.agents[member.userId] ?? null,
  };
  const { commission, unresolved } = decideCommission(
    entity,
    member,
    referral,
    tierOf(entity, facts, tenantId),
  );
  const changes = commission === null ? [] : [
    enterCommission(tx, {
      commission,
      member,
      subscriptionId: facts.subscription?.id ?? null,
      providerSubscriptionId: entity.subscriptionId,
      eventId: event.eventId,
    }),
  ];
  if (unresolved === null) return { changes, audit: [] };
  const nowhere: AuditEntry = {
    action: "commission.unresolved",
    tenantId,
    actorRole: WEBHOOKS_ROLE,
    entityType: "billing_invoice",
    entityId: invoiceId,
    metadata: {
      "event_id": event.eventId,
      "transaction_id": entity.id,
      "member_id": member.userId,
      "ref_code": entity.customData.refCode?.slice(0, 40),
      reason: unresolved,
      "fell_to_agent": commission?.agentId ?? null,
    },
  };
  return { changes, audit: [nowhere] };
}

/** A payment told of after another one went back: together they may have paid for the period. */
function settleAccess(
  tx: Transaction,
  { event, member, facts, invoice }: {
    readonly event: PaddleEvent;
    readonly member: Member;
    readonly facts: PaymentFacts;
    readonly invoice: Invoice;
  },
): Effect {
  const { subscription, payments } = facts;
  if (subscription === null || payments.length === 0) return NO_EFFECT;
  const before = subscription.accessRevokedAt;
  const paid = { ...invoice, transactionId: invoice.providerTransactionId, movements: [] };
  const after = decideAccessRevoked(subscription.state, [...payments, paid]);
  if (after === before) return NO_EFFECT;
  const about = {
    tenantId: member.tenantId,
    actorRole: WEBHOOKS_ROLE,
    entityType: "subscription",
    entityId: subscription.id,
    metadata: { "event_id": event.eventId, "user_id": member.userId },
  };
  return {
    changes: [completeSubscription(tx, subscription.id, subscription.state, after)],
    audit: accessChange(about, before, after),
  };
}

function tierOf(entity: TransactionEntity, facts: PaymentFacts, tenantId: string): string | null {
  for (const priceId of entity.priceIds) {
    const plan = facts.plans.find((one) => one.priceId === priceId && one.tenantId === tenantId);
    if (plan !== undefined) return plan.tier;
  }
  return null;
}
