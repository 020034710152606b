/** Reads the entities of adjustments and customers, on the wire as in `paddle_events.ts`. */
import { z } from "zod";
import type { Instant } from "@core/platform/instant.ts";
import { cents, id, instant, type PaddleEvent, readAs } from "./paddle_events.ts";

/** Why money moves after a payment. Paddle's SDK 3.10, `AdjustmentAction`. */
export const ADJUSTMENT_ACTIONS = [
  "credit",
  "credit_reverse",
  "refund",
  "chargeback",
  "chargeback_reverse",
  "chargeback_warning",
  "chargeback_warning_reverse",
] as const;

/** Where an adjustment stands. Paddle's SDK 3.10, `AdjustmentStatus`. */
export const ADJUSTMENT_STATUSES = [
  "pending_approval",
  "approved",
  "rejected",
  "reversed",
] as const;

/** An adjustment as it was when the event occurred; money in minor units (cents), never negative. */
export interface AdjustmentEntity {
  readonly id: string;
  readonly transactionId: string;
  readonly subscriptionId: string | null;
  readonly customerId: string | null;
  readonly action: (typeof ADJUSTMENT_ACTIONS)[number];
  readonly status: (typeof ADJUSTMENT_STATUSES)[number];
  readonly currency: string;
  readonly tax: number;
  /** Tax included. */
  readonly total: number;
  readonly createdAt: Instant | null;
}

/** A customer record as it was when the event occurred. */
export interface CustomerEntity {
  readonly id: string;
  /** Where Paddle sends its invoices. */
  readonly email: string | null;
}

const Adjustment = z.object({
  id,
  "transaction_id": id,
  "subscription_id": id.nullish(),
  "customer_id": id.nullish(),
  action: z.enum(ADJUSTMENT_ACTIONS),
  status: z.enum(ADJUSTMENT_STATUSES),
  "currency_code": z.string().regex(/^[A-Z]{3}$/),
  totals: z.object({ tax: cents, total: cents }),
  "created_at": instant.nullish(),
}).transform((value): AdjustmentEntity => ({
  id: value.id,
  transactionId: value.transaction_id,
  subscriptionId: value.subscription_id ?? null,
  customerId: value.customer_id ?? null,
  action: value.action,
  status: value.status,
  currency: value.currency_code,
  // Which way the money goes is said by the action; a sign would say it twice.
  tax: Math.abs(value.totals.tax),
  total: Math.abs(value.totals.total),
  createdAt: value.created_at ?? null,
}));

const Customer = z.object({
  id,
  email: z.string().min(3).max(320).nullish().catch(null),
}).transform((value): CustomerEntity => ({ id: value.id, email: value.email ?? null }));

/**
 * Reads the entity of an `adjustment.*` event.
 *
 * @param event The event.
 * @returns The adjustment.
 * @throws {MalformedEvent} If it is not an adjustment.
 */
export function adjustmentOf(event: PaddleEvent): AdjustmentEntity {
  return readAs(Adjustment, event.data, "the adjustment");
}

/**
 * Reads the entity of a `customer.*` event.
 *
 * @param event The event.
 * @returns The customer.
 * @throws {MalformedEvent} If it is not a customer.
 */
export function customerOf(event: PaddleEvent): CustomerEntity {
  return readAs(Customer, event.data, "the customer");
}
