import type { Cycle } from "../moments.ts";
import type { Price, Product } from "./catalogue.ts";
import type { CustomData, Period } from "./transaction.ts";

/** A recurring item of a subscription. */
export interface SubscriptionItem {
  price: Price;
  product: Product;
  status: "active" | "trialing" | "inactive";
  quantity: number;
  recurring: true;
  createdAt: string;
  updatedAt: string;
  trialDates: Period | null;
  nextBilledAt: string | null;
  previouslyBilledAt: string | null;
}

/** What will happen to a subscription by itself. */
export interface ScheduledChange {
  action: "cancel" | "pause" | "resume";
  effectiveAt: string;
  resumeAt: string | null;
}

/** Paddle's states of a subscription. */
export type SubscriptionStatus = "active" | "canceled" | "past_due" | "paused" | "trialing";

/** Paddle's subscription entity. */
export interface Subscription {
  id: string;
  items: SubscriptionItem[];
  status: SubscriptionStatus;
  discount: null;
  pausedAt: string | null;
  addressId: string;
  createdAt: string;
  startedAt: string;
  updatedAt: string;
  businessId: null;
  canceledAt: string | null;
  customData: CustomData;
  customerId: string;
  importMeta: null;
  billingCycle: Cycle;
  currencyCode: string;
  nextBilledAt: string | null;
  billingDetails: null;
  collectionMode: "automatic";
  firstBilledAt: string | null;
  scheduledChange: ScheduledChange | null;
  currentBillingPeriod: Period | null;
}

/**
 * The subscription with new billing dates, on itself and on its items.
 *
 * @param subscription As it was.
 * @param dates What is billed when; `previouslyBilledAt` stays when left out.
 * @param at When this is decided.
 */
export function withBillingDates(
  subscription: Subscription,
  dates: { nextBilledAt: string | null; previouslyBilledAt?: string },
  at: string,
): Subscription {
  return {
    ...subscription,
    nextBilledAt: dates.nextBilledAt,
    updatedAt: at,
    items: subscription.items.map((item) => ({
      ...item,
      nextBilledAt: dates.nextBilledAt,
      previouslyBilledAt: dates.previouslyBilledAt ?? item.previouslyBilledAt,
      updatedAt: at,
    })),
  };
}
