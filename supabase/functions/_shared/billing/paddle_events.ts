/**
 * Reads Paddle's deliveries: the envelope and the entities of subscriptions and transactions.
 * On the wire keys are snake_case and money is text in minor units; what is not used is not looked at.
 */
import { z } from "zod";
import { type Instant, parseInstant } from "@core/platform/instant.ts";

/** One event, its entity not looked at yet. */
export interface PaddleEvent {
  /** `evt_…`, the same for every delivery of the event. */
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredAt: Instant;
  /** What it is about: its subscription, else its transaction, else itself; null if none is said. */
  readonly subjectId: string | null;
  /** The Paddle customer whom it is about; null if it names none. */
  readonly customerId: string | null;
  readonly data: unknown;
}

/** What our checkout attached to a transaction, which Paddle hands on to its subscription. */
export interface CustomData {
  /** The buyer as given; not known to be anyone's id. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  /** Referral code of an agent, as the buyer's link had it; may lead nowhere. */
  readonly refCode: string | null;
}

/** Paddle's statuses of a subscription. */
export const SUBSCRIPTION_STATUSES = [
  "trialing",
  "active",
  "past_due",
  "paused",
  "canceled",
] as const;

/** A subscription as it was when the event occurred. */
export interface SubscriptionEntity {
  readonly id: string;
  readonly status: (typeof SUBSCRIPTION_STATUSES)[number];
  readonly customerId: string;
  readonly customData: CustomData;
  readonly startedAt: Instant | null;
  readonly pausedAt: Instant | null;
  readonly canceledAt: Instant | null;
  /** Paddle's current period; null once paused or cancelled. */
  readonly currentPeriod: Period | null;
  /** What is going to happen at the end of the period. */
  readonly scheduledAction: string | null;
  /** Prices of the items that recur, in Paddle's order. */
  readonly priceIds: readonly string[];
  /** The transaction that made it; only `subscription.created` says so. */
  readonly transactionId: string | null;
}

/** A stretch of time; the end is not part of it. */
export interface Period {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/** A transaction as it was when the event occurred; money in minor units (cents). */
export interface TransactionEntity {
  readonly id: string;
  readonly status: string;
  /** How it came about: `web`, `api`, `subscription_recurring`, `subscription_update`, …. */
  readonly origin: string | null;
  readonly customerId: string | null;
  readonly subscriptionId: string | null;
  readonly customData: CustomData;
  readonly invoiceNumber: string | null;
  readonly billedAt: Instant | null;
  readonly billingPeriod: Period | null;
  /** ISO 4217 code. */
  readonly currency: string;
  /** Before discount and tax. */
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  /** Subtotal less discount plus tax. */
  readonly total: number;
  /** The part of the total that credit of an earlier payment paid, tax included. */
  readonly credit: number;
  /** Prices of its items, in Paddle's order. */
  readonly priceIds: readonly string[];
}

/** A body or an entity is not what Paddle sends; the message says where. */
export class MalformedEvent extends Error {
  override readonly name = "MalformedEvent";
}

/** Ids end up in keys, locks and audit rows; Paddle's are plain ASCII. */
const ID = /^[\x21-\x7e]{1,100}$/;
/** A schema: an id. */
export const id = z.string().regex(ID, "is not an id");
/** A schema: a time, kept to the microsecond. */
export const instant = z.string().transform((text, ctx) => {
  const value = parseInstant(text);
  if (value !== null) return value;
  ctx.addIssue({ code: "custom", message: "is not a time" });
  return z.NEVER;
});
/** A schema: money in minor units, which Paddle writes as text. */
export const cents = z.string().regex(/^-?\d{1,15}$/, "is not an amount in minor units").transform(
  Number,
);
const period = z.object({ "starts_at": instant, "ends_at": instant })
  .transform((value): Period => ({ startsAt: value.starts_at, endsAt: value.ends_at }));
/** Other people's checkouts may attach anything; only texts under our names count. */
const customData = z.unknown().transform((value): CustomData => {
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const text = (name: string) => typeof given[name] === "string" ? given[name] : null;
  return { userId: text("user_id"), tenantId: text("tenant_id"), refCode: text("ref_code") };
});

/** By hand and not by a schema: every delivery passes here, and most need nothing else. */
function envelopeOf(json: unknown): PaddleEvent {
  const envelope = recordOf(json, "a value");
  const data = recordOf(envelope["data"], "data");
  const eventType = required(envelope, "event_type");
  const occurredAt = envelope["occurred_at"];
  const at = typeof occurredAt === "string" ? parseInstant(occurredAt) : null;
  if (at === null) throw new MalformedEvent("the envelope: occurred_at is not a time");
  // A new subscription names the transaction that made it; it is its own subject all the same.
  const transactionId = eventType.startsWith("adjustment.") ? idIn(data, "transaction_id") : null;
  return {
    eventId: required(envelope, "event_id"),
    eventType,
    occurredAt: at,
    // Events of one subject are applied one after the other.
    subjectId: idIn(data, "subscription_id") ?? transactionId ?? idIn(data, "id"),
    customerId: idIn(data, "customer_id"),
    data,
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function recordOf(json: unknown, what: string): JsonObject {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new MalformedEvent(`the envelope: ${what} is not an object`);
}

function idIn(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === "string" && ID.test(value) ? value : null;
}

function required(envelope: JsonObject, name: string): string {
  const value = idIn(envelope, name);
  if (value === null) throw new MalformedEvent(`the envelope: ${name} is not an id`);
  return value;
}

const Subscription = z.object({
  id,
  status: z.enum(SUBSCRIPTION_STATUSES),
  "customer_id": id,
  "custom_data": customData.optional(),
  "started_at": instant.nullish(),
  "paused_at": instant.nullish(),
  "canceled_at": instant.nullish(),
  "current_billing_period": period.nullish(),
  "scheduled_change": z.object({ action: z.string() }).nullish(),
  "transaction_id": id.nullish(),
  items: z.array(z.object({
    recurring: z.boolean().optional(),
    price: z.object({ id }),
  })),
}).transform((value): SubscriptionEntity => ({
  id: value.id,
  status: value.status,
  customerId: value.customer_id,
  customData: value.custom_data ?? NO_CUSTOM_DATA,
  startedAt: value.started_at ?? null,
  pausedAt: value.paused_at ?? null,
  canceledAt: value.canceled_at ?? null,
  currentPeriod: value.current_billing_period ?? null,
  scheduledAction: value.scheduled_change?.action ?? null,
  priceIds: value.items.filter((item) => item.recurring !== false).map((item) => item.price.id),
  transactionId: value.transaction_id ?? null,
}));

const Transaction = z.object({
  id,
  status: id,
  origin: id.nullish().catch(null),
  "customer_id": id.nullish(),
  "subscription_id": id.nullish(),
  "custom_data": customData.optional(),
  "invoice_number": z.string().max(200).transform(wellFormed).nullish(),
  "billed_at": instant.nullish(),
  "billing_period": period.nullish(),
  "currency_code": z.string().regex(/^[A-Z]{3}$/),
  details: z.object({
    totals: z.object({
      subtotal: cents,
      discount: cents,
      tax: cents,
      total: cents,
      credit: cents.nullish().transform((value) => value ?? 0),
    }),
  }),
  items: z.array(z.object({ price: z.object({ id }) })).nullish().catch(null),
}).transform((value): TransactionEntity => ({
  id: value.id,
  status: value.status,
  origin: value.origin ?? null,
  customerId: value.customer_id ?? null,
  subscriptionId: value.subscription_id ?? null,
  customData: value.custom_data ?? NO_CUSTOM_DATA,
  invoiceNumber: value.invoice_number ?? null,
  billedAt: value.billed_at ?? null,
  billingPeriod: value.billing_period ?? null,
  currency: value.currency_code,
  ...value.details.totals,
  priceIds: (value.items ?? []).map((item) => item.price.id),
}));

const NO_CUSTOM_DATA: CustomData = { userId: null, tenantId: null, refCode: null };

/**
 * Reads a delivery's body.
 *
 * @param body The bytes that were signed.
 * @returns The event, and the body as JSON text that PostgreSQL takes.
 * @throws {MalformedEvent} If it is not UTF-8, not JSON, or not an envelope.
 */
export function parseDelivery(body: Uint8Array): { event: PaddleEvent; payload: string } {
  let text: string;
  let json: unknown;
  let payload: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    json = JSON.parse(text);
    payload = storable(text, json);
  } catch {
    throw new MalformedEvent("the body is not JSON");
  }
  return { event: envelopeOf(json), payload };
}

/**
 * Reads an event that was stored, or that Paddle's API listed.
 *
 * @param json The envelope, parsed.
 * @returns The event.
 * @throws {MalformedEvent} If it is not an envelope.
 */
export function parseEvent(json: unknown): PaddleEvent {
  return envelopeOf(json);
}

/**
 * Reads the entity of a `subscription.*` event.
 *
 * @param event The event.
 * @returns The subscription.
 * @throws {MalformedEvent} If it is not a subscription.
 */
export function subscriptionOf(event: PaddleEvent): SubscriptionEntity {
  return readAs(Subscription, event.data, "the subscription");
}

/**
 * Reads the entity of a `transaction.*` event.
 *
 * @param event The event.
 * @returns The transaction.
 * @throws {MalformedEvent} If it is not a transaction.
 */
export function transactionOf(event: PaddleEvent): TransactionEntity {
  return readAs(Transaction, event.data, "the transaction");
}

/**
 * Reads a value by a schema.
 *
 * @param schema What it has to be.
 * @param value What came.
 * @param what Its name, for the message.
 * @returns The value.
 * @throws {MalformedEvent} If it is something else; the message says where.
 */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new MalformedEvent(`${what}: ${issue?.path.join(".") || "value"} ${issue?.message}`);
}

/** JSON allows two things in texts that jsonb does not: NUL and half of a surrogate pair. */
const NOT_STORABLE = /\\u(?:0000|[dD][89a-fA-F])/;

function storable(text: string, json: unknown): string {
  if (!NOT_STORABLE.test(text)) return text;
  return JSON.stringify(json, (_key, value: unknown) => {
    if (typeof value === "string") return wellFormed(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [wellFormed(name), it]));
  });
}

function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\ufffd");
}
