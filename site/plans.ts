/** The plans that a tenant offers. */
import type { Transaction } from "@core/platform/database.ts";
import { isMessageKey, type MessageKey } from "@core/platform/i18n.ts";

/** A plan as the pages show it. */
export interface OfferedPlan {
  readonly id: string;
  readonly tier: "standard" | "family" | "business";
  readonly name: string;
  readonly priceCents: number;
  readonly currency: string;
  /** Whether it is bought here; the others are agreed on by phone or mail. */
  readonly isSelfServe: boolean;
  /** What it includes. */
  readonly features: readonly MessageKey[];
}

type PlanRow = Omit<OfferedPlan, "features"> & { readonly features: unknown };

/**
 * The active plans of a tenant, in the order in which they are offered.
 *
 * @param tx A transaction in anyone's name.
 * @param tenantId The tenant.
 */
export async function readPlans(tx: Transaction, tenantId: string): Promise<OfferedPlan[]> {
  const rows = await tx<PlanRow[]>`
    select id, tier, name, price_cents, currency, is_self_serve, features
    from public.membership_plans
    where tenant_id = ${tenantId} and is_active
    order by sort, price_cents`;
  return rows.map((row) => ({ ...row, features: featureKeys(row.features) }));
}

/**
 * Paddle's price of a plan that can be bought.
 *
 * @param tx A transaction in the buyer's name.
 * @param tenantId The buyer's tenant.
 * @param planId What the buyer chose.
 * @returns The price's id, or null if there is no such plan on offer.
 */
export async function readPriceId(
  tx: Transaction,
  tenantId: string,
  planId: string,
): Promise<string | null> {
  const [row] = await tx<{ paddlePriceId: string }[]>`
    select paddle_price_id
    from public.membership_plans
    where tenant_id = ${tenantId} and id = ${planId} and is_active and is_self_serve`;
  return row?.paddlePriceId ?? null;
}

/** Features are stored as message keys; what is not one cannot be said in every language. */
function featureKeys(features: unknown): MessageKey[] {
  if (!Array.isArray(features)) return [];
  return features.filter((key): key is MessageKey => typeof key === "string" && isMessageKey(key));
}
