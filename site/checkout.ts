/** From a chosen plan to the address where it is paid. */
import type { Context } from "fresh";
import { z } from "zod";
import type { Checkout, PaddleTransaction } from "@core/billing/paddle_api.ts";
import type { PaddleEnv } from "@core/platform/env.ts";
import { AppError, PaddleRefused } from "@core/platform/errors.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { referralOf } from "./referral.ts";
import type { Viewer } from "./viewer.ts";

const noSuchPlan: MessageKey = "pricing.error.plan";

/** The form under each plan. */
export const ChoosePlanForm = z.object({ plan: z.uuid(noSuchPlan) });

/** Paddle's own checkout pages. */
const PADDLE_PAGES = {
  sandbox: ["https://sandbox-buy.paddle.com", "https://sandbox-pay.paddle.io"],
  production: ["https://buy.paddle.com", "https://pay.paddle.io"],
} as const;

/**
 * Where a form may lead by way of a redirect to Paddle: browsers hold a redirect after a post against
 * `form-action` too.
 *
 * @param paddle Which Paddle is in use.
 * @returns Origins.
 */
export function checkoutOrigins(paddle: PaddleEnv): readonly string[] {
  if (paddle.environment !== "local") return PADDLE_PAGES[paddle.environment];
  if (paddle.apiUrl === undefined) return [];
  const simulator = new URL(paddle.apiUrl);
  const named = new URL(paddle.apiUrl);
  named.hostname = "localhost";
  return [...new Set([named.origin, simulator.origin])];
}

/** Whether an address that Paddle names is one of its checkout pages, or our page that opens it. */
export function isCheckoutUrl(address: string, paddle: PaddleEnv, ownOrigin: string): boolean {
  const origin = URL.parse(address)?.origin;
  return origin !== undefined &&
    (origin === ownOrigin || checkoutOrigins(paddle).includes(origin));
}

/** Whether an address that Paddle names can be its document of an invoice. */
export function isInvoiceUrl(address: string, paddle: PaddleEnv): boolean {
  const url = URL.parse(address);
  if (url === null) return false;
  return paddle.environment === "local"
    ? checkoutOrigins(paddle).includes(url.origin)
    : url.protocol === "https:";
}

/** What is bought, and by whom. */
export interface Purchase {
  readonly viewer: Viewer;
  readonly planId: string;
  /** Paddle's price of the plan. */
  readonly priceId: string;
}

/**
 * Opens a checkout.
 *
 * @param ctx The request that asks for it.
 * @param purchase What is bought.
 * @returns Where to send the buyer.
 * @throws {AppError} If Paddle does not answer, refuses, or names an address that is not its own.
 */
export async function openCheckout(ctx: Context<State>, purchase: Purchase): Promise<string> {
  const { services, locale, origin } = ctx.state;
  const { viewer, planId, priceId } = purchase;
  const checkoutUrl = `${origin}/${locale}/checkout`;

  const refCode = referralOf(ctx) ?? undefined;
  const open = async (): Promise<Checkout> => {
    const checkout = await services.paddle.createCheckout({
      priceId,
      userId: viewer.id,
      tenantId: viewer.tenantId,
      refCode,
      customerId: await customerOf(ctx, viewer),
      checkoutUrl,
    });
    await rememberCheckout(ctx, purchase, checkout.transactionId, refCode);
    return checkout;
  };
  const { url } = await services.openCheckouts.once(`${viewer.id} ${planId} ${checkoutUrl}`, open);
  if (!isCheckoutUrl(url, services.env.paddle, origin)) {
    throw new AppError({
      code: "strange_checkout",
      status: 502,
      message: "The payment provider named an address that is not its own.",
    });
  }
  return url;
}

/**
 * Notes whose checkout it is, should Paddle's events not say so. They nearly always do, so a purchase
 * does not fail for want of the note.
 */
async function rememberCheckout(
  ctx: Context<State>,
  { viewer, planId }: Purchase,
  transactionId: string,
  refCode: string | undefined,
): Promise<void> {
  try {
    await ctx.state.db((tx) =>
      tx`
        insert into public.billing_checkouts
          (provider_transaction_id, tenant_id, user_id, plan_id, ref_code)
        values (${transactionId}, ${viewer.tenantId}, ${viewer.id}, ${planId},
                ${refCode?.slice(0, 20) ?? null})
        on conflict (provider_transaction_id) do nothing`
    );
  } catch (error) {
    const { services, requestId } = ctx.state;
    services.log.error("a checkout could not be noted", { requestId, error });
  }
}

/** Paddle's customer of a buyer spares them typing their address; the purchase works without. */
async function customerOf(ctx: Context<State>, viewer: Viewer): Promise<string | undefined> {
  try {
    return await ctx.state.services.paddle.findOrCreateCustomer({
      email: viewer.email,
      name: viewer.fullName || undefined,
    });
  } catch (error) {
    if (error instanceof PaddleRefused) return undefined;
    throw error;
  }
}

/** Id of the purchase that an address names, `?_ptxn=txn_…`. */
export function transactionIdOf(url: URL): string | null {
  const id = url.searchParams.get("_ptxn");
  return id !== null && /^txn_[a-z0-9]{1,64}$/.test(id) ? id : null;
}

/**
 * What Paddle says about a purchase.
 *
 * @param ctx The request that asks.
 * @param id The purchase, if the address names one.
 * @returns The transaction, null if there is none, `unavailable` if Paddle does not answer.
 */
export async function askPaddle(
  ctx: Pick<Context<State>, "state">,
  id: string | null,
): Promise<PaddleTransaction | null | "unavailable"> {
  if (id === null) return null;
  const { services, requestId } = ctx.state;
  try {
    return await services.paddle.readTransaction(id);
  } catch (error) {
    services.log.warn("a purchase could not be looked up", { requestId, error });
    return "unavailable";
  }
}
