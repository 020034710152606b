/** What an agent earns by a payment, and what is left of it when money goes back. Pure. */
import type { Instant } from "@core/platform/instant.ts";
import type { Member } from "./decide_member.ts";
import type { TransactionEntity } from "./paddle_events.ts";

/** What a commission is for. */
export type CommissionType = "new_membership" | "renewal" | "upgrade" | "b2b";

/** Percent of the money received. Source: the billing rules. */
export const COMMISSION_RATES: Readonly<Record<CommissionType, number>> = {
  "new_membership": 20,
  renewal: 10,
  upgrade: 15,
  b2b: 25,
};

/** A commission as it is entered; money in cents. */
export interface Commission {
  readonly agentId: string;
  readonly type: CommissionType;
  readonly amountCents: number;
  readonly currency: string;
  readonly ratePercent: number;
  /** Money received: subtotal less discount and credit, without tax. */
  readonly baseCents: number;
  readonly periodStart: Instant | null;
  readonly sourceTransactionId: string;
}

/** What is known about who brought the member. */
export interface Referral {
  /** The active agent of the member's tenant whose code the payment carries. */
  readonly agentOfCode: string | null;
  /** The active agent who looks after the member (`profiles.agent_id`). */
  readonly agentOfMember: string | null;
}

/** What is to be done about the commission of a payment. */
export interface CommissionDecision {
  readonly commission: Commission | null;
  /** Why a referral code led nowhere; it is told in the audit log. */
  readonly unresolved: string | null;
}

/**
 * What a payment is, by Paddle's own word for how it came about, so that it does not matter what
 * arrived before it.
 *
 * @param entity The transaction.
 * @param tier Tier of the plan that was paid for, if it is one of ours.
 * @returns What the commission is for, or null where a payment earns none.
 */
export function commissionType(
  entity: Pick<TransactionEntity, "origin">,
  tier: string | null,
): CommissionType | null {
  switch (entity.origin) {
    case "subscription_recurring":
      return "renewal";
    case "subscription_update":
      return "upgrade";
    case "web":
    case "api":
    case null:
      return tier === "business" ? "b2b" : "new_membership";
    default:
      return null;
  }
}

/**
 * Decides about the commission of a completed transaction.
 *
 * @param entity The transaction.
 * @param member Who paid.
 * @param referral Who may have brought them.
 * @param tier Tier of the plan that was paid for, if it is one of ours.
 * @returns The commission, if there is one, and whether a code led nowhere.
 */
export function decideCommission(
  entity: TransactionEntity,
  member: Member,
  referral: Referral,
  tier: string | null,
): CommissionDecision {
  const type = commissionType(entity, tier);
  const baseCents = moneyReceived(entity);
  if (type === null || baseCents <= 0) return { commission: null, unresolved: null };
  const code = agentByCode(entity.customData.refCode, member, referral);
  // A code that leads nowhere takes nothing from the agent who looks after the member.
  const agentId = code.agentId ?? other(referral.agentOfMember, member.userId);
  const ratePercent = COMMISSION_RATES[type];
  const amountCents = shareOf(baseCents, ratePercent);
  const periodStart = entity.billingPeriod?.startsAt ?? null;
  // "Once per period" needs both; Paddle's renewals always have them.
  const isAnyones = type !== "renewal" || (periodStart !== null && entity.subscriptionId !== null);
  if (agentId === null || amountCents === 0 || !isAnyones) {
    return { commission: null, unresolved: code.unresolved };
  }
  return {
    commission: {
      agentId,
      type,
      amountCents,
      currency: entity.currency,
      ratePercent,
      baseCents,
      periodStart,
      sourceTransactionId: entity.id,
    },
    unresolved: code.unresolved,
  };
}

function agentByCode(
  code: string | null,
  member: Member,
  { agentOfCode }: Referral,
): { agentId: string | null; unresolved: string | null } {
  if (code === null || code.trim() === "") return { agentId: null, unresolved: null };
  if (agentOfCode === null) {
    return { agentId: null, unresolved: "the code is no active agent's of the member's tenant" };
  }
  if (agentOfCode === member.userId) {
    return { agentId: null, unresolved: "the code is the member's own" };
  }
  return { agentId: agentOfCode, unresolved: null };
}

function other(id: string | null, than: string): string | null {
  return id === than ? null : id;
}

/** Subtotal less discount; less credit too, which was received with an earlier payment. */
function moneyReceived(entity: TransactionEntity): number {
  const net = entity.subtotal - entity.discount;
  if (entity.credit <= 0 || entity.total <= 0) return net;
  // Credit has its tax in it, in the proportion of the whole.
  return net - halfUp(entity.credit * net, entity.total);
}

/**
 * A share of an amount, half a cent rounded up.
 *
 * @param cents The amount, not negative.
 * @param percent A whole number of percent.
 * @returns Cents.
 */
export function shareOf(cents: number, percent: number): number {
  return halfUp(cents * percent, 100);
}

function halfUp(dividend: number, divisor: number): number {
  return Math.floor((2 * dividend + divisor) / (2 * divisor));
}
