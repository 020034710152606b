/** Paddle's entities and events as they look on the wire: snake_case, money as text in cents. */

/** A time as Paddle writes it, `2026-01-05T09:00:00.000001Z`; always with six digits, so that texts compare like times. */
export type WireTime = string;

/** A stretch of time. */
export interface WirePeriod {
  readonly startsAt: WireTime;
  readonly endsAt: WireTime;
}

/** A subscription, as far as it changes during a storm. */
export interface WireSubscription {
  readonly id: string;
  readonly customerId: string;
  readonly customData: Readonly<Record<string, string>> | null;
  readonly priceId: string;
  readonly status: "active" | "past_due" | "paused" | "canceled";
  readonly startedAt: WireTime;
  readonly period: WirePeriod | null;
  readonly scheduledAction: "cancel" | null;
  readonly pausedAt: WireTime | null;
  readonly canceledAt: WireTime | null;
}

/** A transaction; money in cents. */
export interface WireTransaction {
  readonly id: string;
  readonly status: string;
  readonly origin: "api" | "subscription_recurring" | "subscription_update";
  readonly customerId: string;
  readonly customData: Readonly<Record<string, string>> | null;
  readonly subscriptionId: string | null;
  readonly priceId: string;
  readonly period: WirePeriod | null;
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  readonly billedAt: WireTime | null;
  readonly invoiceNumber: string | null;
}

/** Money that goes back, or comes again; money in cents. */
export interface WireAdjustment {
  readonly id: string;
  readonly action: "refund" | "chargeback" | "chargeback_reverse";
  readonly status: "pending_approval" | "approved" | "rejected";
  readonly transactionId: string;
  readonly subscriptionId: string | null;
  readonly customerId: string;
  readonly total: number;
  readonly tax: number;
  readonly createdAt: WireTime;
}

/** One event, as it is signed and sent. */
export interface WireEvent {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: WireTime;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The body of a delivery.
 *
 * @param event The event.
 * @returns JSON.
 */
export function bodyOf(event: WireEvent): string {
  return JSON.stringify({
    "event_id": event.eventId,
    "event_type": event.type,
    "occurred_at": event.occurredAt,
    "notification_id": event.eventId.replace("evt_", "ntf_"),
    data: event.data,
  });
}

/** A subscription entity; `transactionId` only where `subscription.created` names what made it. */
export function subscriptionEntity(
  subscription: WireSubscription,
  at: WireTime,
  transactionId?: string,
): Record<string, unknown> {
  const { period } = subscription;
  const nextBilledAt = subscription.status === "active" && subscription.scheduledAction === null
    ? period?.endsAt ?? null
    : null;
  return {
    id: subscription.id,
    status: subscription.status,
    "customer_id": subscription.customerId,
    "address_id": subscription.customerId.replace("ctm_", "add_"),
    "business_id": null,
    "currency_code": "EUR",
    "collection_mode": "automatic",
    "billing_cycle": { interval: "year", frequency: 1 },
    "billing_details": null,
    discount: null,
    "created_at": subscription.startedAt,
    "updated_at": at,
    "started_at": subscription.startedAt,
    "first_billed_at": subscription.startedAt,
    "next_billed_at": nextBilledAt,
    "paused_at": subscription.pausedAt,
    "canceled_at": subscription.canceledAt,
    "custom_data": subscription.customData,
    "import_meta": null,
    "current_billing_period": periodEntity(period),
    "scheduled_change": subscription.scheduledAction === null ? null : {
      action: subscription.scheduledAction,
      "effective_at": period?.endsAt ?? at,
      "resume_at": null,
    },
    items: [{
      status: "active",
      quantity: 1,
      recurring: true,
      "created_at": subscription.startedAt,
      "updated_at": at,
      "trial_dates": null,
      "next_billed_at": nextBilledAt,
      "previously_billed_at": period?.startsAt ?? null,
      price: priceEntity(subscription.priceId),
      product: productEntity(subscription.priceId),
    }],
    ...(transactionId === undefined ? {} : { "transaction_id": transactionId }),
  };
}

/** A transaction entity. */
export function transactionEntity(
  transaction: WireTransaction,
  at: WireTime,
): Record<string, unknown> {
  const total = totalOf(transaction);
  const totals = {
    subtotal: String(transaction.subtotal),
    discount: String(transaction.discount),
    tax: String(transaction.tax),
    total: String(total),
    credit: "0",
    "credit_to_balance": "0",
    balance: transaction.status === "completed" ? "0" : String(total),
    "grand_total": String(total),
    fee: null,
    earnings: null,
    "currency_code": "EUR",
  };
  return {
    id: transaction.id,
    status: transaction.status,
    origin: transaction.origin,
    "customer_id": transaction.customerId,
    "address_id": transaction.customerId.replace("ctm_", "add_"),
    "business_id": null,
    "subscription_id": transaction.subscriptionId,
    "custom_data": transaction.customData,
    "currency_code": "EUR",
    "collection_mode": "automatic",
    "discount_id": null,
    "billing_details": null,
    "billed_at": transaction.billedAt,
    "billing_period": periodEntity(transaction.period),
    "invoice_id": transaction.id.replace("txn_", "inv_"),
    "invoice_number": transaction.invoiceNumber,
    "created_at": at,
    "updated_at": at,
    "revised_at": null,
    checkout: { url: `https://interdomestik.test/checkout?_ptxn=${transaction.id}` },
    items: [{ quantity: 1, proration: null, price: priceEntity(transaction.priceId) }],
    details: {
      totals,
      "adjusted_totals": totals,
      "payout_totals": totals,
      "tax_rates_used": [{ "tax_rate": "0.18", totals }],
      "line_items": [{
        id: transaction.id.replace("txn_", "txnitm_"),
        quantity: 1,
        totals,
        "tax_rate": "0.18",
        "price_id": transaction.priceId,
        product: productEntity(transaction.priceId),
      }],
    },
    payments: [],
  };
}

/** An adjustment entity. */
export function adjustmentEntity(
  adjustment: WireAdjustment,
  at: WireTime,
): Record<string, unknown> {
  const totals = {
    subtotal: String(adjustment.total - adjustment.tax),
    tax: String(adjustment.tax),
    total: String(adjustment.total),
    fee: "0",
    earnings: "0",
    "currency_code": "EUR",
  };
  return {
    id: adjustment.id,
    action: adjustment.action,
    status: adjustment.status,
    type: "partial",
    reason: "asked for by the member",
    "transaction_id": adjustment.transactionId,
    "subscription_id": adjustment.subscriptionId,
    "customer_id": adjustment.customerId,
    "currency_code": "EUR",
    "credit_applied_to_balance": null,
    totals,
    "payout_totals": totals,
    items: [{
      id: adjustment.id.replace("adj_", "adjitm_"),
      "item_id": adjustment.transactionId.replace("txn_", "txnitm_"),
      type: "partial",
      amount: String(adjustment.total),
      totals: { subtotal: totals.subtotal, tax: totals.tax, total: totals.total },
      proration: null,
    }],
    "created_at": adjustment.createdAt,
    "updated_at": at,
  };
}

/** A customer entity. */
export function customerEntity(id: string, email: string, at: WireTime): Record<string, unknown> {
  return {
    id,
    email,
    name: "Storm Member",
    locale: "sq",
    status: "active",
    "marketing_consent": false,
    "custom_data": null,
    "import_meta": null,
    "created_at": at,
    "updated_at": at,
  };
}

/** What is charged, in cents. */
export function totalOf({ subtotal, discount, tax }: WireTransaction): number {
  return subtotal - discount + tax;
}

function periodEntity(period: WirePeriod | null) {
  return period === null ? null : { "starts_at": period.startsAt, "ends_at": period.endsAt };
}

function priceEntity(priceId: string) {
  return {
    id: priceId,
    "product_id": priceId.replace("pri_", "pro_"),
    name: "Membership",
    description: "Membership, billed by the year",
    type: "standard",
    status: "active",
    "tax_mode": "internal",
    "trial_period": null,
    "billing_cycle": { interval: "year", frequency: 1 },
    "unit_price": { amount: "2000", "currency_code": "EUR" },
    "unit_price_overrides": [],
    quantity: { minimum: 1, maximum: 1 },
    "custom_data": null,
    "created_at": "2026-01-01T00:00:00.000000Z",
    "updated_at": "2026-01-01T00:00:00.000000Z",
  };
}

function productEntity(priceId: string) {
  return {
    id: priceId.replace("pri_", "pro_"),
    name: "Membership",
    type: "standard",
    status: "active",
    "tax_category": "standard",
    description: null,
    "image_url": null,
    "custom_data": null,
    "created_at": "2026-01-01T00:00:00.000000Z",
    "updated_at": "2026-01-01T00:00:00.000000Z",
  };
}
