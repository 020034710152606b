/** What a buyer who comes back from the checkout is told. */
import type { MembershipAccess } from "@core/billing/membership.ts";
import type { PaddleTransaction } from "@core/billing/paddle_api.ts";

/** Where a purchase stands, as far as anyone here knows. */
export type CheckoutState =
  /** The membership is active. */
  | { readonly kind: "active" }
  /** Paid; Paddle's webhook has not arrived yet. */
  | { readonly kind: "waiting" }
  /** The last card was refused; nothing was charged. */
  | { readonly kind: "declined"; readonly payAt: string | null }
  /** Nobody has paid yet; nothing was charged. */
  | { readonly kind: "unpaid"; readonly payAt: string | null }
  /** The purchase was called off. */
  | { readonly kind: "canceled" }
  /** Paddle cannot be asked at the moment. */
  | { readonly kind: "unknown" }
  /** No purchase, or someone else's. */
  | { readonly kind: "none" };

/** Paddle's statuses of a transaction whose money has been received. */
const PAID: readonly string[] = ["paid", "completed"];

/** Whether the money of a transaction has been received. */
export function isPaid({ status }: Pick<PaddleTransaction, "status">): boolean {
  return PAID.includes(status);
}

/**
 * Whether a transaction belongs to a membership that the viewer has already: a payment that was open,
 * or another card.
 */
export function isFollowUp(transaction: PaddleTransaction, viewerId: string): boolean {
  return transaction.userId === viewerId && transaction.origin.startsWith("subscription_");
}

/**
 * Decides what to say. Pure.
 *
 * @param access What the database says about the member.
 * @param transaction What Paddle says about the purchase: null if it knows none, `unavailable` if it
 * did not answer.
 * @param viewerId Who is asking; a purchase of someone else's does not exist for them.
 */
export function decideCheckoutState(
  access: MembershipAccess,
  transaction: PaddleTransaction | null | "unavailable",
  viewerId: string,
): CheckoutState {
  if (access === "active") return { kind: "active" };
  if (transaction === "unavailable") return { kind: "unknown" };
  if (transaction === null || transaction.userId !== viewerId) return { kind: "none" };
  if (isPaid(transaction)) return { kind: "waiting" };
  if (transaction.status === "canceled") return { kind: "canceled" };
  const payAt = transaction.checkoutUrl;
  return transaction.paymentError === null
    ? { kind: "unpaid", payAt }
    : { kind: "declined", payAt };
}
