/** Applies money that went back: ledger, commissions, access. */
import type { AuditEntry } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import {
  type AdjustedInvoice,
  type AdjustmentFacts,
  enterMovement,
  readAdjusted,
} from "./adjustment_store.ts";
import { accessChange } from "./apply_subscription.ts";
import { takeBack, voidCommissions } from "./commission_store.ts";
import { decideAccessRevoked } from "./decide_access.ts";
import { decideAdjustment, type Movement } from "./decide_adjustment.ts";
import { decideClawback, type Moved } from "./decide_clawback.ts";
import { type Effect, NO_EFFECT, together } from "./effect.ts";
import { type AdjustmentEntity, adjustmentOf } from "./paddle_entities.ts";
import type { PaddleEvent } from "./paddle_events.ts";
import { completeSubscription } from "./subscription_store.ts";
import { type EventOutcome, WEBHOOKS_ROLE } from "./webhook_store.ts";

/** Money went back of a payment that was not told of; it is tried again until it was. */
export class PaymentUnknown extends Error {
  override readonly name = "PaymentUnknown";
}

/**
 * Reads what an adjustment needs.
 *
 * @param tx A transaction of the webhooks' role that holds the subject's lock.
 * @param event An `adjustment.*` event.
 * @returns Decides and sends the changes; throws `PaymentUnknown` if its payment has no invoice.
 * @throws {MalformedEvent} If the event does not carry an adjustment.
 */
export async function applyAdjustment(
  tx: Transaction,
  event: PaddleEvent,
): Promise<(tx: Transaction) => EventOutcome> {
  const entity = adjustmentOf(event);
  const decision = decideAdjustment(event, entity);
  const facts = await readAdjusted(tx, entity);
  const { invoice } = facts;
  const whose = { tenantId: invoice?.tenantId ?? null, memberId: invoice?.userId ?? null };

  return function apply(tx) {
    if (decision.outcome === "ignored") {
      return { ...whose, result: "ignored", reason: decision.reason };
    }
    if (invoice === null) {
      throw new PaymentUnknown(`there is no invoice of ${entity.transactionId} yet`);
    }
    if (invoice.entries.some((entry) => entry.providerAdjustmentId === entity.id)) {
      return { ...whose, result: "ignored", reason: "it is in the ledger already" };
    }
    const { movement } = decision;
    const transactionId = entity.transactionId;
    // In this order: the database settles the invoice, and checks what is taken back, as they come.
    enterMovement(tx, { invoice, transactionId, movement, eventId: event.eventId }).execute();
    const posted: AuditEntry = {
      ...aboutEntity(event, invoice, "billing_invoice", invoice.id),
      action: "billing.adjustment.posted",
      metadata: {
        "event_id": event.eventId,
        "transaction_id": transactionId,
        "adjustment_id": entity.id,
        "user_id": invoice.userId,
        "entry_type": movement.entryType,
        "amount_cents": movement.amountCents,
        currency: movement.currency,
      },
    };
    const settled = settleCommissions(tx, event, entity, movement, facts, invoice);
    return {
      ...whose,
      result: "ok",
      reason: null,
      ...together(
        { changes: [], audit: [posted, ...settled] },
        settleAccess(tx, event, entity, movement, facts, invoice),
      ),
    };
  };
}

function settleCommissions(
  tx: Transaction,
  event: PaddleEvent,
  entity: AdjustmentEntity,
  movement: Movement,
  facts: AdjustmentFacts,
  invoice: AdjustedInvoice,
): AuditEntry[] {
  const moved: Moved[] = [...invoice.entries, movement];
  return facts.commissions.flatMap((commission): AuditEntry[] => {
    const { voided, clawbackCents, owedCents } = decideClawback(commission, moved);
    if (voided.length > 0) {
      voidCommissions(tx, voided, `${movement.entryType} ${entity.id}`).execute();
    }
    if (clawbackCents < 0) takeBack(tx, commission, clawbackCents, entity.id).execute();
    if (voided.length === 0 && clawbackCents === 0 && owedCents === 0) return [];
    return [{
      ...aboutEntity(event, invoice, "agent_commission", commission.id),
      action: voided.includes(commission.id)
        ? "commission.status_updated"
        : "commission.clawed_back",
      metadata: {
        "event_id": event.eventId,
        "adjustment_id": entity.id,
        "agent_id": commission.agentId,
        before: commission.status,
        after: voided.includes(commission.id) ? "void" : commission.status,
        "clawback_cents": clawbackCents,
        ...(owedCents === 0 ? {} : { "owed_cents": owedCents }),
      },
    }];
  });
}

function settleAccess(
  tx: Transaction,
  event: PaddleEvent,
  entity: AdjustmentEntity,
  movement: Movement,
  facts: AdjustmentFacts,
  invoice: AdjustedInvoice,
): Effect {
  const { subscription } = facts;
  if (subscription === null) return NO_EFFECT;
  const payments = facts.payments.map((payment) =>
    payment.transactionId === entity.transactionId
      ? { ...payment, movements: [...payment.movements, movement] }
      : payment
  );
  const revokedAt = decideAccessRevoked(subscription.state, payments);
  if (revokedAt === subscription.accessRevokedAt) return NO_EFFECT;
  return {
    changes: [completeSubscription(tx, subscription.id, subscription.state, revokedAt)],
    audit: accessChange(
      aboutEntity(event, invoice, "subscription", subscription.id),
      subscription.accessRevokedAt,
      revokedAt,
    ),
  };
}

function aboutEntity(
  event: PaddleEvent,
  invoice: AdjustedInvoice,
  entityType: string,
  entityId: string,
): Omit<AuditEntry, "action"> {
  return {
    tenantId: invoice.tenantId,
    actorRole: WEBHOOKS_ROLE,
    entityType,
    entityId,
    metadata: { "event_id": event.eventId, "user_id": invoice.userId },
  };
}
