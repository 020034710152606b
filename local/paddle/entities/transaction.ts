import type { Price } from "./catalogue.ts";
import type { Payment } from "./payment.ts";
import type { TransactionDetails } from "./transaction_details.ts";

/** What a caller attached, kept as it came. */
export type CustomData = Record<string, unknown> | null;

/** A span of time, RFC 3339. */
export interface Period {
  startsAt: string;
  endsAt: string;
}

/** The share of a period that a line pays for. */
export interface Proration {
  /** Share from 0 to 1, as a string. */
  rate: string;
  billingPeriod: Period;
}

/** What is sold. */
export interface TransactionItem {
  price: Price;
  quantity: number;
  proration: Proration | null;
}

/** Paddle's states of a transaction. */
export type TransactionStatus =
  | "draft"
  | "ready"
  | "billed"
  | "paid"
  | "completed"
  | "canceled"
  | "past_due";

/** Why a transaction exists. */
export type TransactionOrigin =
  | "api"
  | "web"
  | "subscription_recurring"
  | "subscription_update"
  | "subscription_payment_method_change";

/** Paddle's transaction entity. */
export interface Transaction {
  id: string;
  items: TransactionItem[];
  origin: TransactionOrigin;
  status: TransactionStatus;
  details: TransactionDetails;
  checkout: { url: string | null };
  payments: Payment[];
  billedAt: string | null;
  addressId: string | null;
  createdAt: string;
  invoiceId: string | null;
  updatedAt: string;
  revisedAt: string | null;
  businessId: null;
  customData: CustomData;
  customerId: string | null;
  discountId: null;
  currencyCode: string;
  billingPeriod: Period | null;
  invoiceNumber: string | null;
  billingDetails: null;
  collectionMode: "automatic";
  subscriptionId: string | null;
}
