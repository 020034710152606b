/** The plans of a country and their prices in Paddle, for those who set them. */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { parseAmount } from "./amounts.ts";
import { shownName } from "./branch_settings.ts";

/** Kinds of plans. */
export const TIERS = ["standard", "family", "business"] as const;

/** A plan with what became of it. */
export interface PlanRow {
  readonly id: string;
  readonly tenantId: string;
  readonly tier: typeof TIERS[number];
  readonly name: string;
  readonly priceCents: number;
  readonly currency: string;
  readonly paddleProductId: string;
  readonly paddlePriceId: string;
  readonly isSelfServe: boolean;
  readonly sort: number;
  readonly isActive: boolean;
  /** Memberships with this plan that run. */
  readonly running: number;
  /** Whether anybody ever bought it: then its price stays. */
  readonly isSold: boolean;
}

const say = (key: MessageKey) => key;

const price = z.string(say("plans.price.malformed")).transform((text, ctx) => {
  const cents = parseAmount(text);
  if (cents !== null && cents > 0 && cents <= 100_000_00) return cents;
  ctx.addIssue({ code: "custom", message: say("plans.price.malformed") });
  return z.NEVER;
});
const ticked = z.string().optional().transform((value) => value !== undefined);

/** The form of a plan. */
export const PlanForm = z.object({
  name: shownName,
  price,
  "price_id": z.string(say("plans.price_id.malformed")).trim()
    .regex(/^pri_[a-z0-9]{26}$/, say("plans.price_id.malformed")),
  "product_id": z.string(say("plans.product_id.malformed")).trim()
    .regex(/^pro_[a-z0-9]{26}$/, say("plans.product_id.malformed")),
  "self_serve": ticked,
  sort: z.string().default("0").transform((text) => Math.trunc(Number(text)))
    .refine((sort) => sort >= 0 && sort <= 999, say("plans.sort.malformed")),
  active: ticked,
});

/** The form of a new plan. */
export const NewPlanForm = z.object({
  tier: z.enum(TIERS, say("plans.tier.missing")),
  ...PlanForm.shape,
});

/**
 * All plans of a country, in the order of the pricing page, those off the page last.
 *
 * @param tx A transaction in an administrator's name.
 * @param tenantId The country.
 */
export async function readPlanRows(tx: Transaction, tenantId: string): Promise<PlanRow[]> {
  return await tx<PlanRow[]>`
    select p.id, p.tenant_id, p.tier, p.name, p.price_cents, p.currency, p.paddle_product_id,
           p.paddle_price_id, p.is_self_serve, p.sort, p.is_active,
           (
             select count(*) from public.subscriptions as s
             where s.plan_id = p.id and s.status in ('active', 'trialing', 'past_due')
           ) as running,
           exists (select from public.subscriptions as s where s.plan_id = p.id) as is_sold
    from public.membership_plans as p
    where p.tenant_id = ${tenantId}
    order by p.is_active desc, p.sort, p.price_cents, p.id`;
}

/** One plan, or null if there is none for the reader. */
export async function readPlanRow(tx: Transaction, id: string): Promise<PlanRow | null> {
  const [found] = await tx<{ tenantId: string }[]>`
    select tenant_id from public.membership_plans where id = ${id}`;
  if (found === undefined) return null;
  return (await readPlanRows(tx, found.tenantId)).find((plan) => plan.id === id) ?? null;
}

/**
 * Adds a plan that is not on the pricing page yet.
 *
 * @returns Its id.
 */
export async function createPlan(
  tx: Transaction,
  tenantId: string,
  plan: z.infer<typeof NewPlanForm>,
): Promise<string> {
  const [row] = await tx<{ id: string }[]>`
    select private.create_plan(
      ${tenantId}, ${plan.tier}, ${plan.name}, ${plan.price}::integer, ${plan.product_id},
      ${plan.price_id}, ${plan.self_serve}, ${plan.sort}::integer
    ) as id`;
  return row?.id ?? "";
}

/** Changes a plan; the database keeps the price of one that was sold. */
export async function changePlan(
  tx: Transaction,
  id: string,
  plan: z.infer<typeof PlanForm>,
): Promise<void> {
  await tx`
    select private.change_plan(
      ${id}::uuid, ${plan.name}, ${plan.price}::integer, ${plan.product_id}, ${plan.price_id},
      ${plan.self_serve}, ${plan.sort}::integer, ${plan.active}
    )`;
}
