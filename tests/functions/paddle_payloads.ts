/** Payloads in Paddle's wire shape, as far as our function reads them, for tests. */
import { createHmac } from "node:crypto";

/** What a test wants a subscription to be; the rest is a healthy yearly membership. */
export interface SubscriptionWish {
  readonly id: string;
  readonly status?: string;
  readonly customerId?: string;
  readonly customData?: unknown;
  readonly priceId?: string;
  readonly transactionId?: string;
  readonly startedAt?: string;
  readonly period?: { readonly startsAt: string; readonly endsAt: string } | null;
  readonly scheduledAction?: string;
}

/** What a test wants a transaction to be; money in cents. */
export interface TransactionWish {
  readonly id: string;
  readonly subscriptionId?: string | null;
  readonly customerId?: string;
  readonly customData?: unknown;
  readonly subtotal?: number;
  readonly discount?: number;
  readonly tax?: number;
  /** The part paid by credit of an earlier payment. */
  readonly credit?: number;
  readonly origin?: string;
  readonly status?: string;
  readonly priceId?: string;
  readonly period?: { readonly startsAt: string; readonly endsAt: string } | null;
}

/** What a test wants an adjustment to be; money in cents, tax included in the total. */
export interface AdjustmentWish {
  readonly id: string;
  readonly transactionId: string;
  readonly subscriptionId?: string | null;
  readonly action?: string;
  readonly status?: string;
  readonly total?: number;
  readonly tax?: number;
}

/** The price of the plan `standard` in KS, as `supabase/seed.sql` has it. */
export const KS_STANDARD = "pri_01ks00standard000000000000";
/** The price of the plan `business` in KS. */
export const KS_BUSINESS = "pri_01ks00business000000000000";
/** The price of the plan `standard` in MK. */
export const MK_STANDARD = "pri_01mk00standard000000000000";

const PERIOD = { startsAt: "2026-03-01T12:00:00.000001Z", endsAt: "2027-03-01T12:00:00.000001Z" };

/** A new id in Paddle's form, for instance `sub_01…`. */
export function paddleId(prefix: string): string {
  return `${prefix}_01${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

/** A subscription entity. */
export function subscription(wish: SubscriptionWish): Record<string, unknown> {
  const status = wish.status ?? "active";
  const period = wish.period === undefined ? PERIOD : wish.period;
  return {
    id: wish.id,
    status,
    "customer_id": wish.customerId ?? paddleId("ctm"),
    "address_id": paddleId("add"),
    "currency_code": "EUR",
    "collection_mode": "automatic",
    "billing_cycle": { interval: "year", frequency: 1 },
    "created_at": "2026-03-01T12:00:00.5Z",
    "started_at": wish.startedAt ?? "2026-03-01T12:00:00.000001Z",
    "first_billed_at": "2026-03-01T12:00:00.000001Z",
    "next_billed_at": period?.endsAt ?? null,
    "paused_at": null,
    "canceled_at": null,
    "custom_data": wish.customData ?? null,
    "current_billing_period": period === null
      ? null
      : { "starts_at": period.startsAt, "ends_at": period.endsAt },
    "scheduled_change": wish.scheduledAction === undefined
      ? null
      : { action: wish.scheduledAction, "effective_at": PERIOD.endsAt, "resume_at": null },
    items: [{
      status: "active",
      quantity: 1,
      recurring: true,
      price: {
        id: wish.priceId ?? KS_STANDARD,
        "product_id": paddleId("pro"),
        "unit_price": { amount: "2000", "currency_code": "EUR" },
      },
    }],
    ...(wish.transactionId === undefined ? {} : { "transaction_id": wish.transactionId }),
  };
}

/** A transaction entity, completed unless wished otherwise. */
export function transaction(wish: TransactionWish): Record<string, unknown> {
  const { subtotal = 2000, discount = 0, tax = 360 } = wish;
  const total = subtotal - discount + tax;
  const period = wish.period === undefined ? PERIOD : wish.period;
  const credit = wish.credit ?? 0;
  return {
    id: wish.id,
    status: wish.status ?? "completed",
    origin: wish.origin ?? "api",
    "customer_id": wish.customerId ?? paddleId("ctm"),
    "subscription_id": wish.subscriptionId ?? null,
    "custom_data": wish.customData ?? null,
    "currency_code": "EUR",
    "invoice_number": "325-10566",
    "billed_at": "2026-03-01T12:00:01.294633Z",
    "billing_period": period === null
      ? null
      : { "starts_at": period.startsAt, "ends_at": period.endsAt },
    items: [{
      quantity: 1,
      proration: null,
      price: {
        id: wish.priceId ?? KS_STANDARD,
        "product_id": paddleId("pro"),
        "unit_price": { amount: String(subtotal), "currency_code": "EUR" },
      },
    }],
    details: {
      totals: {
        credit: String(credit),
        subtotal: String(subtotal),
        discount: String(discount),
        tax: String(tax),
        total: String(total),
        "grand_total": String(total - credit),
        "currency_code": "EUR",
      },
    },
    payments: [],
  };
}

/** An adjustment entity, an approved full refund of a payment of 23.60 unless wished otherwise. */
export function adjustment(wish: AdjustmentWish): Record<string, unknown> {
  const { total = 2360, tax = 360 } = wish;
  return {
    id: wish.id,
    action: wish.action ?? "refund",
    type: "full",
    reason: "requested_by_customer",
    status: wish.status ?? "approved",
    "transaction_id": wish.transactionId,
    "subscription_id": wish.subscriptionId ?? null,
    "customer_id": paddleId("ctm"),
    "currency_code": "EUR",
    "created_at": "2026-03-02T08:48:20.239695Z",
    "updated_at": "2026-03-02T08:54:10.646377Z",
    items: [],
    totals: {
      subtotal: String(total - tax),
      tax: String(tax),
      total: String(total),
      "currency_code": "EUR",
    },
  };
}

/** An event around an entity. */
export function event(
  type: string,
  data: Record<string, unknown>,
  { id = paddleId("evt"), at = "2026-03-01T12:00:02.123456Z" } = {},
): Record<string, unknown> {
  return {
    "event_id": id,
    "event_type": type,
    "occurred_at": at,
    "notification_id": paddleId("ntf"),
    data,
  };
}

/** `Paddle-Signature` of a body. */
export function sign(body: string | Uint8Array, secret: string, now: number): string {
  const ts = Math.floor(now / 1000);
  return `ts=${ts};h1=${createHmac("sha256", secret).update(`${ts}:`).update(body).digest("hex")}`;
}
