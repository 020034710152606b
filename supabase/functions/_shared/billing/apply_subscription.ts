/** Applies a subscription event: reads, lets the rules decide, sends the changes. */
import type { AuditEntry } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { Instant } from "@core/platform/instant.ts";
import { addCustomer } from "./customer_store.ts";
import { decideAccessRevoked } from "./decide_access.ts";
import { decideMember, type Member } from "./decide_member.ts";
import { auditOf, decideSubscription, type SubscriptionState } from "./decide_subscription.ts";
import { enqueueDayZero } from "./dunning_store.ts";
import { type Change, type Effect, NO_EFFECT } from "./effect.ts";
import { differs, needsHistory, refoldSubscription } from "./fold_subscription.ts";
import { historyItem, readHistory } from "./history_store.ts";
import { linkPayments } from "./invoice_store.ts";
import { type PaddleEvent, type SubscriptionEntity, subscriptionOf } from "./paddle_events.ts";
import {
  completeSubscription,
  type PricedPlan,
  readSubscription,
  type SubscriptionFacts,
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
  const facts = await readSubscription(tx, entity);
  const stored = facts.stored?.state ?? null;
  const told = needsHistory({ kind: "subscription", event, entity }, stored)
    ? refoldSubscription([...await readHistory(tx, entity.id), ...historyItem(event)], stored)
    : null;

  return function apply(tx) {
    const member = decideMember(entity.customData, facts.found);
    const decision = decideSubscription(event, entity, stored);
    if (decision.outcome === "apply") {
      const next = told ?? decision.next;
      const effect = change(tx, { event, entity, member, facts, next });
      return { result: "ok", reason: null, ...whose(member), ...effect };
    }
    const effect = complete(tx, { event, entity, member, facts, told });
    return {
      result: "ignored",
      reason: effect.audit.length > 0
        ? `${decision.reason}; what it adds was completed`
        : decision.reason,
      ...whose(member),
      ...effect,
    };
  };
}

function whose({ tenantId, userId }: Member): Pick<EventOutcome, "tenantId" | "memberId"> {
  return { tenantId, memberId: userId };
}

interface Told {
  readonly event: PaddleEvent;
  readonly entity: SubscriptionEntity;
  readonly member: Member;
  readonly facts: SubscriptionFacts;
}

/** The newest event: its subscription is what is stored from now on. */
function change(
  tx: Transaction,
  { event, entity, member, facts, next }: Told & { readonly next: SubscriptionState },
): Effect {
  const stored = facts.stored?.state ?? null;
  const id = facts.stored?.id ?? crypto.randomUUID();
  const planId = planOf(entity, facts.plans, member.tenantId);
  const accessRevokedAt = decideAccessRevoked(next, facts.payments);
  const changes = [
    writeSubscription(tx, { id, member, planId, entity, state: next, accessRevokedAt }),
  ];
  if (facts.stored === null || entity.transactionId !== null) {
    changes.push(...link(tx, id, entity, member));
  }
  if (!facts.found.customers.some((one) => one.userId === member.userId)) {
    changes.push(addCustomer(tx, entity.customerId, member));
  }
  if (
    next.status === "past_due" && next.pastDueAt !== null && (stored?.pastDueAt ?? null) === null
  ) {
    changes.push(enqueueDayZero(tx, member, id, next.pastDueAt));
  }
  const { action, metadata } = auditOf(event, stored, next);
  const about = aboutSubscription(event, member, id);
  const changed: AuditEntry = {
    ...about,
    action,
    metadata: {
      ...metadata,
      "user_id": member.userId,
      "plan_id": planId,
      ...(planId === null ? { "unknown_prices": entity.priceIds } : {}),
    },
  };
  const access = accessChange(about, facts.stored?.accessRevokedAt ?? null, accessRevokedAt);
  return { changes, audit: [changed, ...scheduling(about, stored, next), ...access] };
}

/** A late event: what the newest one said stays; what all of them tell together is completed. */
function complete(
  tx: Transaction,
  { event, entity, member, facts, told }: Told & { readonly told: SubscriptionState | null },
): Effect {
  const { stored } = facts;
  if (stored === null) return NO_EFFECT;
  const changes = entity.transactionId === null ? [] : link(tx, stored.id, entity, member);
  if (told === null || !differs(told, stored.state)) return { changes, audit: [] };
  const accessRevokedAt = decideAccessRevoked(told, facts.payments);
  changes.push(completeSubscription(tx, stored.id, told, accessRevokedAt));
  if (told.status === "past_due" && told.pastDueAt !== null && stored.state.pastDueAt === null) {
    changes.push(enqueueDayZero(tx, member, stored.id, told.pastDueAt));
  }
  const { action, metadata } = auditOf(event, stored.state, told);
  const about = aboutSubscription(event, member, stored.id);
  const completed: AuditEntry = {
    ...about,
    action,
    metadata: { ...metadata, "user_id": member.userId, late: true },
  };
  const access = accessChange(about, stored.accessRevokedAt, accessRevokedAt);
  return { changes, audit: [completed, ...access] };
}

function link(tx: Transaction, id: string, entity: SubscriptionEntity, member: Member): Change[] {
  return linkPayments(tx, {
    subscriptionId: id,
    tenantId: member.tenantId,
    providerSubscriptionId: entity.id,
    transactionId: entity.transactionId,
  });
}

type About = Omit<AuditEntry, "action">;

function aboutSubscription(event: PaddleEvent, member: Member, id: string): About {
  return {
    tenantId: member.tenantId,
    actorRole: WEBHOOKS_ROLE,
    entityType: "subscription",
    entityId: id,
    metadata: { "event_id": event.eventId, "user_id": member.userId },
  };
}

function scheduling(
  about: About,
  stored: SubscriptionState | null,
  next: SubscriptionState,
): AuditEntry[] {
  const before = stored?.cancelAtPeriodEnd ?? false;
  if (before === next.cancelAtPeriodEnd) return [];
  const metadata = { ...about.metadata, "current_period_end": next.currentPeriodEnd };
  if (next.cancelAtPeriodEnd) {
    return [{ ...about, action: "subscription.canceled_scheduled", metadata }];
  }
  // What was scheduled has happened.
  if (next.status === "canceled") return [];
  return [{ ...about, action: "subscription.cancellation_withdrawn", metadata }];
}

/**
 * The audit row of access that was taken away, or given back, because of money that went back.
 *
 * @param about Whom and what it is about.
 * @param before When access was taken away, as stored.
 * @param after The same, as it is to be stored.
 * @returns One row, or none if nothing changed.
 */
export function accessChange(
  about: About,
  before: Instant | null,
  after: Instant | null,
): AuditEntry[] {
  if ((before === null) === (after === null)) return [];
  if (after === null) return [{ ...about, action: "subscription.access_restored" }];
  const metadata = { ...about.metadata, "access_revoked_at": after };
  return [{ ...about, action: "subscription.access_revoked", metadata }];
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
