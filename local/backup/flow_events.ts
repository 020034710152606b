/** What Paddle would tell of a purchase, for the check of a restored database. */

/** Who buys what. */
export interface Wish {
  readonly member: string;
  readonly tenant: string;
  readonly priceId: string;
  readonly cents: number;
}

type Json = Readonly<Record<string, unknown>>;

/** The two events of a purchase, in Paddle's wire shape as far as it is read. */
export function purchase({ member, tenant, priceId, cents }: Wish): readonly Json[] {
  const now = Date.now();
  const at = (days: number) => new Date(now + days * 86_400_000).toISOString();
  const [subscriptionId, transactionId, customerId] = [id("sub"), id("txn"), id("ctm")];
  const common = {
    "customer_id": customerId,
    "custom_data": { "user_id": member, "tenant_id": tenant },
    "currency_code": "EUR",
  };
  const period = { "starts_at": at(0), "ends_at": at(365) };
  const price = {
    id: priceId,
    "product_id": id("pro"),
    "unit_price": { amount: String(cents), "currency_code": "EUR" },
  };
  const totals = {
    credit: "0",
    subtotal: String(cents),
    discount: "0",
    tax: "0",
    total: String(cents),
    "grand_total": String(cents),
    "currency_code": "EUR",
  };
  return [
    event("subscription.created", at(0), {
      ...common,
      id: subscriptionId,
      status: "active",
      "address_id": id("add"),
      "collection_mode": "automatic",
      "billing_cycle": { interval: "year", frequency: 1 },
      "created_at": at(0),
      "started_at": at(0),
      "first_billed_at": at(0),
      "next_billed_at": period.ends_at,
      "paused_at": null,
      "canceled_at": null,
      "current_billing_period": period,
      "scheduled_change": null,
      items: [{ status: "active", quantity: 1, recurring: true, price }],
      "transaction_id": transactionId,
    }),
    event("transaction.completed", at(0), {
      ...common,
      id: transactionId,
      status: "completed",
      origin: "web",
      "subscription_id": subscriptionId,
      "invoice_number": "0-0",
      "billed_at": at(0),
      "billing_period": period,
      items: [{ quantity: 1, proration: null, price }],
      details: { totals },
      payments: [],
    }),
  ];
}

function event(type: string, at: string, data: Json): Json {
  return {
    "event_id": id("evt"),
    "event_type": type,
    "occurred_at": at,
    "notification_id": id("ntf"),
    data,
  };
}

function id(prefix: string): string {
  return `${prefix}_01${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
