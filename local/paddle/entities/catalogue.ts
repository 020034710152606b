import type { TaxMode } from "../money.ts";
import type { Cycle } from "../moments.ts";

/** A plan as the caller describes it: plain data, for example read from `membership_plans`. */
export interface CataloguePlan {
  /** Whose plan it is; decides the country a checkout starts with. */
  tenant: string;
  tier: string;
  /** What the buyer reads. */
  name: string;
  /** `pro_…` */
  productId: string;
  /** `pri_…` */
  priceId: string;
  /** Minor units, tax included. */
  amountCents: number;
  /** ISO 4217. */
  currency: string;
  interval: "month" | "year";
}

/** An amount in Paddle's way: minor units as a string. */
export interface Money {
  amount: string;
  currencyCode: string;
}

/** Paddle's product entity. */
export interface Product {
  id: string;
  name: string;
  type: "standard";
  status: "active";
  imageUrl: string | null;
  customData: Record<string, unknown> | null;
  description: string | null;
  importMeta: null;
  taxCategory: "standard";
  createdAt: string;
  updatedAt: string;
}

/** Paddle's price entity. */
export interface Price {
  id: string;
  name: string | null;
  type: "standard";
  status: "active";
  quantity: { minimum: number; maximum: number };
  taxMode: TaxMode;
  productId: string;
  unitPrice: Money;
  customData: Record<string, unknown> | null;
  description: string;
  importMeta: null;
  trialPeriod: Cycle | null;
  billingCycle: Cycle | null;
  unitPriceOverrides: [];
  createdAt: string;
  updatedAt: string;
}

/** Products and prices by id, and the tenant that each price belongs to. */
export interface Catalogue {
  products: Map<string, Product>;
  prices: Map<string, Price>;
  tenantOf: Map<string, string>;
}

// The catalogue is the same at every start, so its entities keep one date.
const since = "2026-01-01T00:00:00.000000Z";

/**
 * Makes Paddle's entities of the plans.
 *
 * @param plans Plain data.
 */
export function buildCatalogue(plans: CataloguePlan[]): Catalogue {
  const catalogue: Catalogue = { products: new Map(), prices: new Map(), tenantOf: new Map() };
  for (const plan of plans) {
    catalogue.products.set(plan.productId, {
      id: plan.productId,
      name: plan.name,
      type: "standard",
      status: "active",
      imageUrl: null,
      customData: { tenant_id: plan.tenant, tier: plan.tier },
      description: null,
      importMeta: null,
      taxCategory: "standard",
      createdAt: since,
      updatedAt: since,
    });
    catalogue.prices.set(plan.priceId, {
      id: plan.priceId,
      name: plan.name,
      type: "standard",
      status: "active",
      quantity: { minimum: 1, maximum: 1 },
      taxMode: "internal",
      productId: plan.productId,
      unitPrice: { amount: String(plan.amountCents), currencyCode: plan.currency },
      customData: { tenant_id: plan.tenant, tier: plan.tier },
      description: `${plan.name}, billed by the ${plan.interval}`,
      importMeta: null,
      trialPeriod: null,
      billingCycle: { interval: plan.interval, frequency: 1 },
      unitPriceOverrides: [],
      createdAt: since,
      updatedAt: since,
    });
    catalogue.tenantOf.set(plan.priceId, plan.tenant);
  }
  return catalogue;
}
