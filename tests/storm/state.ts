/** What a storm has to leave behind, as plain values that can be compared. Money in cents. */
import { isDeepStrictEqual } from "node:util";
import type { WireTime } from "./paddle_wire.ts";

/** A membership. */
export interface SubscriptionRow {
  readonly userId: string;
  readonly tenantId: string;
  readonly priceId: string | null;
  readonly customerId: string;
  readonly status: string;
  readonly startedAt: WireTime;
  readonly periodStart: WireTime | null;
  readonly periodEnd: WireTime | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: WireTime | null;
  readonly pausedAt: WireTime | null;
  readonly pastDueAt: WireTime | null;
  readonly graceEndsAt: WireTime | null;
  readonly failedPayments: number;
  readonly lastFailureAt: WireTime | null;
  readonly accessRevokedAt: WireTime | null;
  readonly lastEventAt: WireTime;
  readonly lastEventId: string;
}

/** A paid invoice. */
export interface InvoiceRow {
  readonly userId: string;
  readonly tenantId: string;
  readonly subscriptionId: string | null;
  readonly number: string | null;
  readonly status: string;
  readonly amount: number;
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  readonly refunded: number;
  readonly billedAt: WireTime;
  readonly periodStart: WireTime | null;
  readonly periodEnd: WireTime | null;
}

/** What an agent earned by a payment, and what is left of it. */
export interface CommissionRow {
  readonly agentId: string;
  readonly memberId: string;
  readonly type: string;
  readonly ratePercent: number;
  readonly base: number;
  readonly amount: number;
  /** The commission and everything that took from it, void rows left out. */
  readonly net: number;
}

/** Everything by its id in Paddle. */
export interface State {
  /** By `sub_…`. */
  readonly subscriptions: Readonly<Record<string, SubscriptionRow>>;
  /** By `txn_…`. */
  readonly invoices: Readonly<Record<string, InvoiceRow>>;
  /** `txn_… type [adj_…]`, to the amount and the tax in it. */
  readonly ledger: Readonly<Record<string, readonly [amount: number, tax: number]>>;
  /** By `txn_…`. */
  readonly commissions: Readonly<Record<string, CommissionRow>>;
  /** Billing address by `ctm_…`. */
  readonly customers: Readonly<Record<string, string>>;
}

/**
 * The first differences between two states, in words.
 *
 * @param actual What was found.
 * @param expected What was expected.
 * @param limit How many differences to tell of.
 * @returns One line for each; none if the states are the same.
 */
export function differences(actual: State, expected: State, limit = 20): string[] {
  const lines: string[] = [];
  for (const part of Object.keys(expected) as (keyof State)[]) {
    const [found, wanted]: Record<string, unknown>[] = [actual[part], expected[part]];
    for (const id of new Set([...Object.keys(found ?? {}), ...Object.keys(wanted ?? {})])) {
      const [is, should] = [found?.[id], wanted?.[id]];
      if (!isDeepStrictEqual(is, should)) lines.push(`${part} ${id}: ${inWords(is, should)}`);
    }
  }
  return lines.slice(0, limit);
}

function inWords(is: unknown, should: unknown): string {
  if (is === undefined) return "is missing";
  if (should === undefined) return "should not be there";
  if (typeof is !== "object" || typeof should !== "object" || is === null || should === null) {
    return `is ${is}, should be ${should}`;
  }
  const [left, right] = [Object.entries(is), Object.fromEntries(Object.entries(should))];
  return left
    .filter(([name, value]) => !isDeepStrictEqual(value, right[name]))
    .map(([name, value]) => `${name} is ${value}, should be ${right[name]}`)
    .join("; ");
}
