/** Applies a subscription event: reads, lets the rules decide, sends the changes. */
import { recordAudit } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import { decideMember } from "./decide_member.ts";
import { decideSubscription } from "./decide_subscription.ts";
import { findMembers } from "./member_store.ts";
import { type PaddleEvent, type SubscriptionEntity, subscriptionOf } from "./paddle_events.ts";
import {
  linkFirstInvoice,
  type PricedPlan,
  readSubscription,
  writeSubscription,
} from "./subscription_store.ts";
import { type EventOutcome, WEBHOOKS_ROLE } from "./webhook_store.ts";

/**
 * Reads what a subscription event needs.
 *
 * @param tx A transaction of the webhooks' role that holds the subject's lock.
 * @param event A `subscription.*` event.
 * @returns Decides and sends the changes; throws `MemberUnresolved` if it is nobody's.
 * @throws {MalformedEvent} If the event does not carry a subscription.
 */
export async function applySubscription(
  tx: Transaction,
  event: PaddleEvent,
): Promise<(tx: Transaction) => EventOutcome> {
  const entity = subscriptionOf(event);
  const [clues, { stored, plans }] = await Promise.all([
    findMembers(tx, {
      subscriptionId: entity.id,
      customerId: entity.customerId,
      customData: entity.customData,
    }),
    readSubscription(tx, entity),
  ]);

  return function apply(tx) {
    const member = decideMember(entity.customData, clues);
    const { tenantId } = member;
    const decision = decideSubscription(event, entity, stored?.state ?? null);
    if (decision.outcome === "ignored") {
      return { result: "ignored", reason: decision.reason, tenantId };
    }
    const id = stored?.id ?? crypto.randomUUID();
    const planId = planOf(entity, plans, tenantId);
    writeSubscription(tx, { id, member, planId, entity, state: decision.next }).execute();
    if (entity.transactionId !== null) {
      linkFirstInvoice(tx, id, tenantId, entity.transactionId).execute();
    }
    recordAudit(tx, {
      action: decision.audit.action,
      tenantId,
      actorRole: WEBHOOKS_ROLE,
      entityType: "subscription",
      entityId: id,
      metadata: {
        ...decision.audit.metadata,
        "user_id": member.userId,
        "plan_id": planId,
        ...(planId === null ? { "unknown_prices": entity.priceIds } : {}),
      },
    }).execute();
    return { result: "ok", reason: null, tenantId };
  };
}

/** The plan of the first price that is one of the member's tenant's; others cannot be joined. */
function planOf(
  entity: SubscriptionEntity,
  plans: readonly PricedPlan[],
  tenantId: string,
): string | null {
  for (const priceId of entity.priceIds) {
    const plan = plans.find((plan) => plan.priceId === priceId && plan.tenantId === tenantId);
    if (plan !== undefined) return plan.id;
  }
  return null;
}
