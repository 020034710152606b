/** The part of Paddle's API that a member's own acts need: cancel, withdraw, pay with another card. */
import type { Subscription } from "@paddle/paddle-node-sdk";
import { PaddleUnavailable } from "@core/platform/errors.ts";
import { isNotFound, type PaddleClient } from "./paddle_client.ts";

/** A subscription as Paddle has it at this moment, which its events tell of a moment later. */
export interface PaddleSubscription {
  readonly id: string;
  readonly status: string;
  /** When it is charged next, ISO 8601; null if it is not going to be. */
  readonly nextBilledAt: string | null;
  /** What is going to happen by itself: `cancel`, `pause`, `resume`; null if nothing is. */
  readonly scheduledAction: string | null;
  /** When that happens, ISO 8601. */
  readonly scheduledAt: string | null;
}

/** Calls about subscriptions. None of them asks whose it is: that is to be known before. */
export interface PaddleSubscriptions {
  /** Lets it run out at the end of its paid period. @throws {PaddleUnavailable | PaddleRefused} */
  cancelAtPeriodEnd(subscriptionId: string): Promise<PaddleSubscription>;
  /** Ends it at once, and with it what is to be paid. @throws {PaddleUnavailable | PaddleRefused} */
  cancelNow(subscriptionId: string): Promise<PaddleSubscription>;
  /** Takes back whatever is scheduled. @throws {PaddleUnavailable | PaddleRefused} */
  withdrawScheduledChange(subscriptionId: string): Promise<PaddleSubscription>;
  /**
   * Where the member gives another card; what is past due is paid there as well.
   * @throws {PaddleUnavailable | PaddleRefused}
   */
  paymentMethodCheckout(subscriptionId: string): Promise<string>;
  /**
   * The address of an invoice as a document, good for an hour; null if there is none.
   * @throws {PaddleUnavailable | PaddleRefused}
   */
  invoiceLink(transactionId: string): Promise<string | null>;
}

/**
 * The calls about subscriptions.
 *
 * @param client The SDK and the way to wait for its answers.
 * @returns The calls.
 */
export function subscriptionCalls({ sdk, call }: PaddleClient): PaddleSubscriptions {
  return {
    async cancelAtPeriodEnd(subscriptionId) {
      const id = checked("sub", subscriptionId);
      return summary(
        await call(() => sdk.subscriptions.cancel(id, { effectiveFrom: "next_billing_period" })),
      );
    },

    async cancelNow(subscriptionId) {
      const id = checked("sub", subscriptionId);
      return summary(
        await call(() => sdk.subscriptions.cancel(id, { effectiveFrom: "immediately" })),
      );
    },

    async withdrawScheduledChange(subscriptionId) {
      const id = checked("sub", subscriptionId);
      return summary(await call(() => sdk.subscriptions.update(id, { scheduledChange: null })));
    },

    async paymentMethodCheckout(subscriptionId) {
      const id = checked("sub", subscriptionId);
      const transaction = await call(() => sdk.subscriptions.getPaymentMethodChangeTransaction(id));
      const url = transaction.checkout?.url;
      if (!url) throw new PaddleUnavailable(new Error("the transaction has no checkout address"));
      return url;
    },

    async invoiceLink(transactionId) {
      const id = checked("txn", transactionId);
      try {
        const { url } = await call(() => sdk.transactions.getInvoicePDF(id));
        return url;
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    },
  };
}

/** The SDK puts ids into paths as they are. */
function checked(prefix: string, id: string): string {
  if (/^[a-z]+_[a-z0-9]{1,64}$/.test(id) && id.startsWith(`${prefix}_`)) return id;
  throw new TypeError(`${JSON.stringify(id)} is not an id of Paddle's`);
}

function summary(subscription: Subscription): PaddleSubscription {
  return {
    id: subscription.id,
    status: subscription.status,
    nextBilledAt: subscription.nextBilledAt,
    scheduledAction: subscription.scheduledChange?.action ?? null,
    scheduledAt: subscription.scheduledChange?.effectiveAt ?? null,
  };
}
