/** What a completed Paddle transaction changes: one invoice. Pure: the store applies it. */
import type { Instant } from "@core/platform/instant.ts";
import type { PaddleEvent, TransactionEntity } from "./paddle_events.ts";

/** An invoice as it is posted; money in cents. */
export interface Invoice {
  /** Paddle's transaction; a tenant has one invoice for each. */
  readonly providerTransactionId: string;
  /** Paddle's subscription, which may not be stored yet. */
  readonly providerSubscriptionId: string | null;
  /** How the payment came about, in Paddle's words. */
  readonly origin: string | null;
  /** The event that told of it. */
  readonly eventId: string;
  /** The number on Paddle's document; Paddle is the seller and numbers its invoices. */
  readonly number: string | null;
  readonly status: "paid";
  /** What the member was charged: subtotal less discount plus tax. */
  readonly amountCents: number;
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly billedAt: Instant;
  readonly periodStart: Instant | null;
  readonly periodEnd: Instant | null;
}

/** What is to be done about a completed transaction. */
export type PaymentDecision =
  | { readonly outcome: "ignored"; readonly reason: string }
  | { readonly outcome: "apply"; readonly invoice: Invoice };

/**
 * Decides about one `transaction.completed` event. A transaction is completed once and for good, so
 * order does not matter; an invoice that is there already stays as it is.
 *
 * @param event The event.
 * @param entity The transaction that it carries.
 * @param posted Whether the transaction has its invoice already.
 * @returns The invoice to post, or why there is none.
 */
export function decidePayment(
  event: PaddleEvent,
  entity: TransactionEntity,
  posted: boolean,
): PaymentDecision {
  if (posted) return { outcome: "ignored", reason: "its invoice is posted already" };
  // A new card without a charge, a trial, a cheaper plan whose difference stays as credit.
  if (entity.total <= 0) return { outcome: "ignored", reason: "nothing was charged" };
  return {
    outcome: "apply",
    invoice: {
      providerTransactionId: entity.id,
      providerSubscriptionId: entity.subscriptionId,
      origin: entity.origin,
      eventId: event.eventId,
      number: entity.invoiceNumber,
      status: "paid",
      amountCents: entity.total,
      subtotalCents: entity.subtotal,
      discountCents: entity.discount,
      taxCents: entity.tax,
      currency: entity.currency,
      billedAt: entity.billedAt ?? event.occurredAt,
      periodStart: entity.billingPeriod?.startsAt ?? null,
      periodEnd: entity.billingPeriod?.endsAt ?? null,
    },
  };
}
