/** What a payment that failed says about itself (Paddle's `error_code`). */
export type PaymentErrorCode =
  | "authentication_failed"
  | "declined"
  | "expired_card"
  | "not_enough_balance";

/** A card that the simulated checkout accepts for trying things out. */
export interface TestCard {
  number: string;
  type: "visa" | "mastercard";
  expiryMonth: number;
  expiryYear: number;
  /** How a payment by the buyer fails, null when it works. */
  error: PaymentErrorCode | null;
  /** Whether the buyer's bank asks for a confirmation first (3-D Secure). */
  confirms: boolean;
  /** How a later renewal fails, null when it works. */
  renewalError: PaymentErrorCode | null;
}

const visa = { type: "visa", expiryMonth: 12, expiryYear: 2031, confirms: false } as const;

/** The test cards; numbers as in Paddle's sandbox where it has one for the case. */
export const testCards = {
  ok: { ...visa, number: "4242 4242 4242 4242", error: null, renewalError: null },
  confirm: {
    ...visa,
    number: "4000 0038 0000 0446",
    error: null,
    renewalError: null,
    confirms: true,
  },
  declined: { ...visa, number: "4000 0000 0000 0002", error: "declined", renewalError: "declined" },
  insufficient_funds: {
    ...visa,
    number: "4000 0000 0000 9995",
    error: "not_enough_balance",
    renewalError: "not_enough_balance",
  },
  expired: {
    ...visa,
    number: "4000 0000 0000 0069",
    expiryYear: 2021,
    error: "expired_card",
    renewalError: "expired_card",
  },
  fails_later: {
    ...visa,
    number: "4000 0027 6000 3184",
    error: null,
    renewalError: "declined",
  },
} as const satisfies Record<string, TestCard>;

/** Names a test card. */
export type CardKey = keyof typeof testCards;

/** All names, the card that works first. */
export const cardKeys = Object.keys(testCards) as [CardKey, ...CardKey[]];
