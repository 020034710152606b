import type { PaymentErrorCode, TestCard } from "../test_cards.ts";

/** One attempt to pay, as Paddle lists it in a transaction. */
export interface Payment {
  /** Minor units. */
  amount: string;
  status: "captured" | "error";
  createdAt: string;
  errorCode: PaymentErrorCode | null;
  capturedAt: string | null;
  methodDetails: {
    type: "card";
    card: {
      type: TestCard["type"];
      last4: string;
      expiryYear: number;
      expiryMonth: number;
      cardholderName: string;
    };
    underlyingDetails: null;
  };
  paymentMethodId: string;
  paymentAttemptId: string;
  storedPaymentMethodId: string;
}

/**
 * Describes an attempt to pay.
 *
 * @param attempt Amount in minor units, card, when, and how it failed if it did.
 */
export function buildPayment(attempt: {
  amount: string;
  card: TestCard;
  cardholderName: string;
  paymentMethodId: string;
  errorCode: PaymentErrorCode | null;
  at: string;
}): Payment {
  return {
    amount: attempt.amount,
    status: attempt.errorCode === null ? "captured" : "error",
    createdAt: attempt.at,
    errorCode: attempt.errorCode,
    capturedAt: attempt.errorCode === null ? attempt.at : null,
    methodDetails: {
      type: "card",
      card: {
        type: attempt.card.type,
        last4: attempt.card.number.slice(-4),
        expiryYear: attempt.card.expiryYear,
        expiryMonth: attempt.card.expiryMonth,
        cardholderName: attempt.cardholderName,
      },
      underlyingDetails: null,
    },
    paymentMethodId: attempt.paymentMethodId,
    paymentAttemptId: crypto.randomUUID(),
    storedPaymentMethodId: crypto.randomUUID(),
  };
}
