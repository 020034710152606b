import type { CustomData } from "./transaction.ts";

/** Paddle's customer entity. */
export interface Customer {
  id: string;
  name: string | null;
  email: string;
  locale: string;
  status: "active" | "archived";
  createdAt: string;
  updatedAt: string;
  customData: CustomData;
  importMeta: null;
  marketingConsent: boolean;
}

/** Paddle's address entity. */
export interface Address {
  id: string;
  city: string | null;
  region: string | null;
  status: "active";
  createdAt: string;
  firstLine: string | null;
  updatedAt: string;
  customData: CustomData;
  customerId: string;
  description: string | null;
  importMeta: null;
  postalCode: string | null;
  secondLine: string | null;
  countryCode: string;
}

/** Paddle's saved payment method. */
export interface PaymentMethod {
  id: string;
  customerId: string;
  addressId: string;
  type: "card";
  origin: "saved_during_purchase" | "subscription";
  savedAt: string;
  updatedAt: string;
}
