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
  }
  | { readonly kind: "grace"; readonly plan: Plan; readonly until: Date; readonly daysLeft: number }
  | { readonly kind: "suspended"; readonly plan: Plan; readonly since: Date | null }
  | { readonly kind: "paused"; readonly plan: Plan }
  | { readonly kind: "ended"; readonly until: Date | null }
  | { readonly kind: "none" };

/** Name of the plan; null where it is no longer on offer. */
export type Plan = string | null;

/** One subscription as it is stored. */
export interface SubscriptionRow {
  readonly status: string;
  readonly planName: string | null;
  readonly currentPeriodStart: Date | null;
  readonly currentPeriodEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: Date | null;
  readonly pastDueAt: Date | null;
  readonly gracePeriodEndsAt: Date | null;
}

const DAY = 86_400_000;

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
    tx<SubscriptionRow[]>`
      select s.status, p.name as plan_name, s.current_period_start, s.current_period_end,
             s.cancel_at_period_end, s.canceled_at, s.past_due_at, s.grace_period_ends_at
      from public.subscriptions s
      left join public.membership_plans p on p.tenant_id = s.tenant_id and p.id = s.plan_id
      where s.user_id = ${userId}
      order by s.created_at desc
      limit 50`,
  ]);
  return membershipOf(access, rows, now);
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
    case "suspended": {
      const row = rows.find(({ status }) => status === "past_due");
      return { kind: "suspended", plan: row?.planName ?? null, since: row?.pastDueAt ?? null };
    }
    case "none":
      return notCovered(rows);
  }
}

function coveredBy(rows: readonly SubscriptionRow[], now: number): Membership {
  const running = latest(rows.filter(({ status }) => status === "active" || status === "trialing"));
  const paidFor = latest(
    rows.filter(({ status, currentPeriodEnd }) =>
      status === "canceled" && currentPeriodEnd !== null && currentPeriodEnd.getTime() > now
    ),
  );
  const row = running ?? paidFor;
  return {
    kind: running !== undefined && !running.cancelAtPeriodEnd ? "active" : "ending",
    plan: row?.planName ?? null,
    from: row?.currentPeriodStart ?? null,
    until: row?.currentPeriodEnd ?? null,
  };
}

function inGrace(rows: readonly SubscriptionRow[], now: number): Membership {
  const ends = ({ gracePeriodEndsAt }: SubscriptionRow) => gracePeriodEndsAt?.getTime() ?? 0;
  const row = rows.filter(({ status }) => status === "past_due")
    .sort((a, b) => ends(b) - ends(a))[0];
  const until = row?.gracePeriodEndsAt ?? new Date(now);
  return {
    kind: "grace",
    plan: row?.planName ?? null,
    until,
    daysLeft: Math.max(1, Math.ceil((until.getTime() - now) / DAY)),
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
