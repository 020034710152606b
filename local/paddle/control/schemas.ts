import { z } from "zod";
import { prorationModes } from "../acts/plan_change.ts";
import { cardKeys } from "../test_cards.ts";

/** Forms have only text: `"true"` counts as true. */
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** When it happens, for a journey through time; now when left out. */
const occurredAt = z.iso.datetime({ offset: true }).transform((text) => new Date(text)).optional();

const outcome = z.enum(["paid", "failed", "card"]);
const effectiveFrom = z.enum(["next_billing_period", "immediately"]);
const cents = z.coerce.number().int().positive();

/** Nothing but a time. */
export const Plain = z.object({ occurredAt });

/** A charge to the saved card. */
export const Charge = z.object({ outcome: outcome.default("card"), occurredAt });

/** A cancellation. */
export const Cancellation = z.object({
  effectiveFrom: effectiveFrom.default("next_billing_period"),
  occurredAt,
});

/** A pause. */
export const Pause = z.object({
  effectiveFrom: effectiveFrom.default("next_billing_period"),
  resumeAt: z.string().nullable().default(null),
  occurredAt,
});

/** A move to another plan. */
export const PlanChange = z.object({
  priceId: z.string(),
  quantity: z.coerce.number().int().min(1).default(1),
  prorationBillingMode: z.enum(prorationModes).default("prorated_immediately"),
  occurredAt,
});

/** A buyer at the checkout. */
export const Payment = z.object({
  card: z.enum(cardKeys).default("ok"),
  email: z.string().optional(),
  name: z.string().optional(),
  country: z.string().length(2).optional(),
  locale: z.string().default("en"),
  occurredAt,
});

/** A whole purchase in one go: transaction, buyer, payment. */
export const Purchase = Payment.extend({
  priceId: z.string(),
  email: z.string(),
  customData: z.record(z.string(), z.unknown()).nullable().default(null),
  returnUrl: z.string().nullable().default(null),
});

/** Money back. */
export const Refund = z.object({
  /** Minor units of the first line; all that is left when absent. */
  amount: cents.optional(),
  reason: z.string().default("requested by customer"),
  /** Whether Paddle's people approve it, reject it or have not looked yet. */
  decision: z.enum(["approved", "rejected", "pending"]).default("approved"),
  occurredAt,
});

/** What Paddle's people decide about a refund. */
export const Decision = z.object({ status: z.enum(["approved", "rejected"]), occurredAt });

/** An event told again. */
export const Redelivery = z.object({ times: z.coerce.number().int().min(1).max(100).default(1) });

/** Changes to where events go. */
export const WebhookChange = z.object({
  url: z.url().optional(),
  secret: z.string().min(1).optional(),
  paused: flag.optional(),
  order: z.enum(["sequential", "parallel"]).optional(),
});
