/**
 * What a storm's events come to if each is applied once and in order: a small model of the billing
 * rules, written apart from the code under test and sharing nothing with it.
 */
import type { StormMember } from "./member_life.ts";
import { priceId as priceIdOf } from "./member_life.ts";
import type { WireEvent, WireTime } from "./paddle_wire.ts";
import type { CommissionRow, InvoiceRow, State, SubscriptionRow } from "./state.ts";
import { daysLater } from "./wire_clock.ts";

/** An event with the member whom it is about. */
export interface OwnedEvent {
  readonly event: WireEvent;
  readonly member: StormMember;
}

// deno-lint-ignore no-explicit-any -- the wire is read as it is; a wrong field shows as a difference
type Wire = any;

interface Movement {
  readonly kind: "refund" | "chargeback" | "chargeback_reversed";
  readonly amount: number;
  readonly tax: number;
  readonly at: WireTime;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const RATES: Readonly<Record<string, number>> = {
  "new_membership": 20,
  renewal: 10,
  upgrade: 15,
  b2b: 25,
};

/**
 * Applies each event once, in the order in which they happened.
 *
 * @param events The events, in any order.
 * @returns What has to be in the database afterwards.
 */
export function expectedState(events: readonly OwnedEvent[]): State {
  const subscriptions: Record<string, Mutable<SubscriptionRow>> = {};
  const invoices: Record<string, Mutable<InvoiceRow>> = {};
  const ledger: Record<string, [number, number]> = {};
  const commissions: Record<string, Mutable<CommissionRow>> = {};
  const movements: Record<string, Movement[]> = {};
  const addresses: Record<string, string> = {};
  const buyers = new Set<string>();
  const failures: Record<string, WireTime[]> = {};

  for (const { event, member } of events.toSorted((one, other) => byTime(one.event, other.event))) {
    const data: Wire = event.data;
    if (event.type.startsWith("subscription.")) {
      const before = subscriptions[data.id];
      const isWell = data.status === "active";
      if (isWell) failures[data.id] = [];
      const pastDueAt = isWell
        ? null
        : before?.pastDueAt ?? (data.status === "past_due" ? event.occurredAt : null);
      const period = periodAfter(before, data, pastDueAt);
      subscriptions[data.id] = {
        userId: member.id,
        tenantId: member.tenantId,
        priceId: data.items[0].price.id,
        customerId: data.customer_id,
        status: data.status,
        startedAt: data.started_at,
        periodStart: period[0],
        periodEnd: period[1],
        cancelAtPeriodEnd: data.scheduled_change?.action === "cancel",
        canceledAt: data.status === "canceled" ? data.canceled_at : null,
        pausedAt: data.status === "paused" ? data.paused_at : null,
        pastDueAt,
        graceEndsAt: pastDueAt === null ? null : daysLater(pastDueAt, 14),
        ...told(event, isWell ? undefined : before),
        accessRevokedAt: null,
        lastEventAt: event.occurredAt,
        lastEventId: event.eventId,
      };
      buyers.add(data.customer_id);
    } else if (event.type === "transaction.payment_failed") {
      if (data.origin === "subscription_recurring") {
        (failures[data.subscription_id] ??= []).push(event.occurredAt);
      }
    } else if (event.type === "transaction.completed") {
      const [subtotal, discount, tax, total] = ["subtotal", "discount", "tax", "total"]
        .map((name) => Number(data.details.totals[name])) as [number, number, number, number];
      if (total === 0) continue;
      buyers.add(data.customer_id);
      ledger[`${data.id} invoice.posted`] = [total, tax];
      invoices[data.id] = {
        userId: member.id,
        tenantId: member.tenantId,
        subscriptionId: data.subscription_id,
        number: data.invoice_number,
        status: "paid",
        amount: total,
        subtotal,
        discount,
        tax,
        refunded: 0,
        billedAt: data.billed_at,
        periodStart: data.billing_period?.starts_at ?? null,
        periodEnd: data.billing_period?.ends_at ?? null,
      };
      const commission = commissionOf(data, member, subtotal - discount);
      if (commission !== null) commissions[data.id] = commission;
    } else if (event.type.startsWith("adjustment.")) {
      if (data.status !== "approved") continue;
      const kind = data.action === "chargeback_reverse" ? "chargeback_reversed" : data.action;
      const key = `${data.transaction_id} ${kind} ${data.id}`;
      if (ledger[key] !== undefined) continue;
      const sign = kind === "chargeback_reversed" ? 1 : -1;
      const [amount, tax] = [sign * Number(data.totals.total), sign * Number(data.totals.tax)];
      ledger[key] = [amount, tax];
      (movements[data.transaction_id] ??= []).push({ kind, amount, tax, at: data.created_at });
    } else if (event.type.startsWith("customer.")) {
      addresses[data.id] = data.email;
    }
  }

  for (const [id, moved] of Object.entries(movements)) settle(invoices[id], commissions[id], moved);
  for (const [id, subscription] of Object.entries(subscriptions)) {
    const times = failures[id] ?? [];
    if (subscription.pastDueAt !== null) {
      subscription.failedPayments = Math.max(subscription.failedPayments, times.length);
      subscription.lastFailureAt = latest([subscription.lastFailureAt, ...times]);
    }
    subscription.accessRevokedAt = revoked(id, subscription, invoices, movements);
  }
  const customers = Object.fromEntries(
    Object.entries(addresses).filter(([id]) => buyers.has(id)),
  );
  return { subscriptions, invoices, ledger, commissions, customers };
}

/** The order of events: by time, then by id. */
function byTime(one: WireEvent, other: WireEvent): number {
  const [left, right] = [one.occurredAt + one.eventId, other.occurredAt + other.eventId];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The period that was paid for outlasts a pause and a cancellation, one that was not paid does not. */
function periodAfter(
  before: SubscriptionRow | undefined,
  data: Wire,
  pastDueAt: WireTime | null,
): [WireTime | null, WireTime | null] {
  const given = data.current_billing_period;
  if (given !== null) return [given.starts_at, given.ends_at];
  const [start, end] = [before?.periodStart ?? null, before?.periodEnd ?? null];
  if (data.status !== "canceled" || pastDueAt === null || end === null || end <= pastDueAt) {
    return [start, end];
  }
  return [start, latest([start, pastDueAt])];
}

/** Failures as the subscription's own events tell them. */
function told(event: WireEvent, before: SubscriptionRow | undefined) {
  const data: Wire = event.data;
  const count = before?.failedPayments ?? 0;
  const last = before?.lastFailureAt ?? null;
  if (data.status !== "past_due") {
    return data.status === "active"
      ? { failedPayments: 0, lastFailureAt: null }
      : { failedPayments: count, lastFailureAt: last };
  }
  if (event.type !== "subscription.past_due") {
    return { failedPayments: Math.max(1, count), lastFailureAt: last };
  }
  return { failedPayments: last === null ? 1 : count + 1, lastFailureAt: event.occurredAt };
}

function commissionOf(data: Wire, member: StormMember, base: number): CommissionRow | null {
  const isBusiness = data.items[0].price.id === priceIdOf(member.tenantId, "business");
  const first = isBusiness ? "b2b" : "new_membership";
  const type = data.origin === "subscription_recurring"
    ? "renewal"
    : data.origin === "subscription_update"
    ? "upgrade"
    : first;
  const ratePercent = RATES[type] ?? 0;
  const amount = share(base, ratePercent);
  if (member.agentId === null || amount === 0) return null;
  return {
    agentId: member.agentId,
    memberId: member.id,
    type,
    ratePercent,
    base,
    amount,
    net: amount,
  };
}

/** Half a cent counts as one. */
function share(cents: number, percent: number): number {
  return Math.floor((cents * percent + 50) / 100);
}

function settle(
  invoice: Mutable<InvoiceRow> | undefined,
  commission: Mutable<CommissionRow> | undefined,
  moved: readonly Movement[],
): void {
  if (invoice === undefined) return;
  const gone = (of: (movement: Movement) => number) =>
    moved.reduce((sum, movement) => sum - of(movement), 0);
  const chargedBack = gone(({ kind, amount }) => kind === "refund" ? 0 : amount);
  invoice.refunded = gone(({ amount }) => amount);
  invoice.status = chargedBack > 0
    ? "charged_back"
    : invoice.refunded === 0
    ? "paid"
    : invoice.refunded >= invoice.amount
    ? "refunded"
    : "partially_refunded";
  if (commission === undefined) return;
  const left = commission.base - gone(({ amount, tax }) => amount - tax);
  if (left !== commission.base) commission.net = share(Math.max(0, left), commission.ratePercent);
}

/** Access ends with a chargeback that stands, or when all that the current period cost went back. */
function revoked(
  id: string,
  subscription: SubscriptionRow,
  invoices: Readonly<Record<string, InvoiceRow>>,
  movements: Readonly<Record<string, readonly Movement[]>>,
): WireTime | null {
  const { periodStart, periodEnd } = subscription;
  const current = Object.entries(invoices).filter(([, invoice]) =>
    invoice.subscriptionId === id &&
    (periodEnd === null || invoice.periodStart === null || invoice.periodStart < periodEnd) &&
    (periodStart === null || invoice.periodEnd === null || periodStart < invoice.periodEnd)
  );
  const back = current.flatMap(([transaction]) => movements[transaction] ?? []);
  const timesOf = (wanted: Movement["kind"]) =>
    back.filter(({ kind }) => kind === wanted).map(({ at }) => at);
  if (current.some(([, { status }]) => status === "charged_back")) {
    return latest(timesOf("chargeback"));
  }
  const refunds = back.filter(({ kind }) => kind === "refund");
  const refunded = refunds.reduce((sum, { amount }) => sum - amount, 0);
  const paid = current.reduce((sum, [, { amount }]) => sum + amount, 0);
  return refunded > 0 && refunded >= paid ? latest(timesOf("refund")) : null;
}

function latest(times: readonly (WireTime | null)[]): WireTime | null {
  return times.reduce(
    (one, other) => one === null || (other ?? "") > one ? other ?? one : one,
    null,
  );
}
