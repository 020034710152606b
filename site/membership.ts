/** A member's membership as the pages tell it. */
import { type MembershipAccess, membershipAccess } from "@core/billing/membership.ts";
import type { Transaction } from "@core/platform/database.ts";

/** Where a membership stands, with what a page says about it. */
export type Membership =
  | {
    readonly kind: "active";
    readonly plan: Plan;
    readonly until: Date | null;
    readonly from: Date | null;
  }
  | {
    readonly kind: "ending";
    readonly plan: Plan;
    readonly until: Date | null;
    readonly from: Date | null;
    /** Paid by hand: nobody cancelled it, it ends by itself. */
    readonly byHand: boolean;
  }
  | {
    readonly kind: "grace";
    readonly plan: Plan;
    readonly until: Date;
    readonly daysLeft: number;
    /** What is to be paid for. */
    readonly subscriptionId: string | null;
  }
  | {
    readonly kind: "suspended";
    readonly plan: Plan;
    readonly since: Date | null;
    /** What is to be paid for; null where paying is not what it takes. */
    readonly subscriptionId: string | null;
    /** Grace ran out, or the money for the period went back. */
    readonly because: "unpaid" | "returned";
  }
  | { readonly kind: "paused"; readonly plan: Plan }
  | { readonly kind: "ended"; readonly until: Date | null }
  | { readonly kind: "none" };

/** Name of the plan; null where it is no longer on offer. */
export type Plan = string | null;

/** One subscription as it is stored. */
export interface SubscriptionRow {
  readonly id: string;
  readonly providerSubscriptionId: string;
  readonly status: string;
  readonly startedAt: Date | null;
  readonly planName: string | null;
  /** Price of the plan for a year, in cents. */
  readonly priceCents: number | null;
  readonly currency: string | null;
  readonly currentPeriodStart: Date | null;
  readonly currentPeriodEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: Date | null;
  readonly pastDueAt: Date | null;
  readonly gracePeriodEndsAt: Date | null;
  /** When access ended because the money for the period went back. */
  readonly accessRevokedAt: Date | null;
}

const DAY = 86_400_000;

/**
 * Whether a subscription was paid by hand: Paddle knows nothing of it, and it ends by itself.
 *
 * @param row The subscription.
 */
export function isByHand(row: Pick<SubscriptionRow, "providerSubscriptionId">): boolean {
  return row.providerSubscriptionId.startsWith("cash_");
}

/**
 * Reads a member's subscriptions and what they add up to.
 *
 * @param tx A transaction in the member's name.
 * @param userId The member.
 * @param now Milliseconds since 1970.
 */
export async function readMembership(
  tx: Transaction,
  userId: string,
  now: number,
): Promise<Membership> {
  const [access, rows] = await Promise.all([
    membershipAccess(tx, userId),
    readSubscriptions(tx, userId),
  ]);
  return membershipOf(access, rows, now);
}

/**
 * The subscriptions of a member, the latest first.
 *
 * @param tx A transaction of the member, or of one who may see them.
 * @param userId The member.
 */
export async function readSubscriptions(
  tx: Transaction,
  userId: string,
): Promise<SubscriptionRow[]> {
  return await tx<SubscriptionRow[]>`
    select s.id, s.provider_subscription_id, s.status, s.started_at, p.name as plan_name,
           p.price_cents, p.currency, s.current_period_start, s.current_period_end,
           s.cancel_at_period_end, s.canceled_at, s.past_due_at, s.grace_period_ends_at,
           s.access_revoked_at
    from public.subscriptions s
    left join public.membership_plans p on p.tenant_id = s.tenant_id and p.id = s.plan_id
    where s.user_id = ${userId}
    order by s.created_at desc
    limit 50`;
}

/**
 * The one membership to show of a person who may have had several. Pure.
 *
 * @param access What the database answers; the rows only say why.
 * @param rows The subscriptions, the latest first.
 * @param now Milliseconds since 1970.
 */
export function membershipOf(
  access: MembershipAccess,
  rows: readonly SubscriptionRow[],
  now: number,
): Membership {
  switch (access) {
    case "active":
      return coveredBy(rows, now);
    case "grace":
      return inGrace(rows, now);
    case "suspended":
      return suspended(rows);
    case "none":
      return notCovered(rows);
  }
}

function coveredBy(all: readonly SubscriptionRow[], now: number): Membership {
  const rows = all.filter(({ accessRevokedAt }) => !accessRevokedAt);
  const running = latest(rows.filter(({ status }) => status === "active" || status === "trialing"));
  const paidFor = latest(
    rows.filter(({ status, currentPeriodEnd }) =>
      status === "canceled" && currentPeriodEnd !== null && currentPeriodEnd.getTime() > now
    ),
  );
  const row = running ?? paidFor;
  const period = {
    plan: row?.planName ?? null,
    from: row?.currentPeriodStart ?? null,
    until: row?.currentPeriodEnd ?? null,
  };
  return running !== undefined && !running.cancelAtPeriodEnd
    ? { kind: "active", ...period }
    : { kind: "ending", ...period, byHand: row !== undefined && isByHand(row) };
}

function inGrace(rows: readonly SubscriptionRow[], now: number): Membership {
  const ends = ({ gracePeriodEndsAt }: SubscriptionRow) => gracePeriodEndsAt?.getTime() ?? 0;
  const row = rows
    .filter(({ status, accessRevokedAt }) => status === "past_due" && !accessRevokedAt)
    .sort((a, b) => ends(b) - ends(a))[0];
  const until = row?.gracePeriodEndsAt ?? new Date(now);
  return {
    kind: "grace",
    plan: row?.planName ?? null,
    until,
    daysLeft: Math.max(1, Math.ceil((until.getTime() - now) / DAY)),
    subscriptionId: row?.id ?? null,
  };
}

function suspended(rows: readonly SubscriptionRow[]): Membership {
  const unpaid = rows.find(({ status }) => status === "past_due");
  const returned = rows.find(({ status, accessRevokedAt }) =>
    accessRevokedAt && (status === "active" || status === "trialing")
  );
  const row = unpaid ?? returned;
  const because = row?.accessRevokedAt ? "returned" : "unpaid";
  return {
    kind: "suspended",
    plan: row?.planName ?? null,
    since: row?.accessRevokedAt ?? row?.pastDueAt ?? null,
    subscriptionId: because === "unpaid" ? row?.id ?? null : null,
    because,
  };
}

function notCovered(rows: readonly SubscriptionRow[]): Membership {
  const paused = rows.find(({ status }) => status === "paused");
  if (paused) return { kind: "paused", plan: paused.planName };
  const over = latest(rows.filter(({ status }) => status === "canceled" || status === "expired"));
  if (over) return { kind: "ended", until: over.currentPeriodEnd ?? over.canceledAt };
  return { kind: "none" };
}

function latest(rows: readonly SubscriptionRow[]): SubscriptionRow | undefined {
  const end = ({ currentPeriodEnd }: SubscriptionRow) => currentPeriodEnd?.getTime() ?? 0;
  return rows.toSorted((a, b) =>
    Number(a.cancelAtPeriodEnd) - Number(b.cancelAtPeriodEnd) || end(b) - end(a)
  )[0];
}

/** Whether a person in this state may buy a plan: not while one is running or being rescued. */
export function mayBuy(membership: Pick<Membership, "kind">): boolean {
  return ["none", "ended", "suspended"].includes(membership.kind);
}
