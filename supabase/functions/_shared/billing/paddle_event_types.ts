/** What each of Paddle's event types means here. Source: Paddle's webhook reference, SDK 3.10. */

/**
 * What an event does: changes a membership, posts an invoice, counts a failed renewal, enters money
 * that went back, keeps a customer's billing address, or nothing, and why.
 */
export type EventMeaning =
  | { readonly kind: "subscription" | "payment" | "failure" | "adjustment" | "customer" }
  | { readonly kind: "none"; readonly reason: string };

const SUBSCRIPTION: EventMeaning = { kind: "subscription" };
const PAYMENT: EventMeaning = { kind: "payment" };
const FAILURE: EventMeaning = { kind: "failure" };
const ADJUSTMENT: EventMeaning = { kind: "adjustment" };
const CUSTOMER: EventMeaning = { kind: "customer" };
const none = (reason: string): EventMeaning => ({ kind: "none", reason });

const CATALOGUE = none("the catalogue is kept in membership_plans");
const RECORD = none("members are kept in profiles, not by Paddle's customer records");
const ACCOUNT = none("concerns the Paddle account, not a member");
const NOT_YET_PAID = none("only transaction.completed says that money was received");
const SAID_ELSEWHERE = none("the subscription's own events say that it is past due");

const MEANINGS: Readonly<Record<string, EventMeaning>> = {
  "subscription.activated": SUBSCRIPTION,
  "subscription.canceled": SUBSCRIPTION,
  "subscription.created": SUBSCRIPTION,
  "subscription.imported": SUBSCRIPTION,
  "subscription.past_due": SUBSCRIPTION,
  "subscription.paused": SUBSCRIPTION,
  "subscription.resumed": SUBSCRIPTION,
  "subscription.trialing": SUBSCRIPTION,
  "subscription.updated": SUBSCRIPTION,
  "transaction.completed": PAYMENT,
  "transaction.billed": NOT_YET_PAID,
  "transaction.canceled": NOT_YET_PAID,
  "transaction.created": NOT_YET_PAID,
  "transaction.paid": NOT_YET_PAID,
  "transaction.past_due": SAID_ELSEWHERE,
  "transaction.payment_failed": FAILURE,
  "transaction.ready": NOT_YET_PAID,
  "transaction.revised": NOT_YET_PAID,
  "transaction.updated": NOT_YET_PAID,
  "adjustment.created": ADJUSTMENT,
  "adjustment.updated": ADJUSTMENT,
  "address.created": RECORD,
  "address.imported": RECORD,
  "address.updated": RECORD,
  "business.created": RECORD,
  "business.imported": RECORD,
  "business.updated": RECORD,
  "customer.created": CUSTOMER,
  "customer.imported": CUSTOMER,
  "customer.updated": CUSTOMER,
  "payment_method.deleted": RECORD,
  "payment_method.saved": RECORD,
  "discount.created": CATALOGUE,
  "discount.imported": CATALOGUE,
  "discount.updated": CATALOGUE,
  "discount_group.created": CATALOGUE,
  "discount_group.updated": CATALOGUE,
  "price.created": CATALOGUE,
  "price.imported": CATALOGUE,
  "price.updated": CATALOGUE,
  "product.created": CATALOGUE,
  "product.imported": CATALOGUE,
  "product.updated": CATALOGUE,
  "api_key.created": ACCOUNT,
  "api_key.expired": ACCOUNT,
  "api_key.expiring": ACCOUNT,
  "api_key.revoked": ACCOUNT,
  "api_key.updated": ACCOUNT,
  "api_key_exposure.created": ACCOUNT,
  "client_token.created": ACCOUNT,
  "client_token.revoked": ACCOUNT,
  "client_token.updated": ACCOUNT,
  "payout.created": ACCOUNT,
  "payout.paid": ACCOUNT,
  "report.created": ACCOUNT,
  "report.updated": ACCOUNT,
};

/** Every event type that has a declared meaning. */
export const KNOWN_EVENT_TYPES: readonly string[] = Object.keys(MEANINGS);

/**
 * What an event type means here.
 *
 * @param type Paddle's name, for instance `subscription.updated`.
 * @returns Its meaning; a type that is not known has no effect and says so.
 */
export function meaningOf(type: string): EventMeaning {
  return Object.hasOwn(MEANINGS, type) && MEANINGS[type] || none("unknown event type");
}
