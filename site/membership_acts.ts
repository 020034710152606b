/** What a member does about a membership of their own: each act is Paddle's to carry out. */
import { HttpError } from "fresh";
import { z } from "zod";
import type { PaddleApi } from "@core/billing/paddle_api.ts";
import { AppError, PaddleRefused, PaddleUnavailable } from "@core/platform/errors.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { isCheckoutUrl } from "./checkout.ts";
import { isByHand, readSubscriptions, type SubscriptionRow } from "./membership.ts";
import { viewerOf } from "./guards.ts";

/** Cancel (at the end of what is paid for), take that back, or pay with another card. */
export const ACTS = ["cancel", "withdraw", "payment"] as const;

/** One of {@linkcode ACTS}. */
export type Act = typeof ACTS[number];

const notAnAct: MessageKey = "form.problem";

/** The forms of the membership page. */
export const ActForm = z.object({
  act: z.enum(ACTS, notAnAct),
  subscription: z.uuid(notAnAct),
});

/** What became of an act. Where it failed, nothing was changed. */
export type ActOutcome =
  | { readonly kind: "done" }
  /** It goes on at Paddle. */
  | { readonly kind: "leads_to"; readonly url: string }
  /** Paddle does not answer; Paddle says no; or the membership is not in a state for it. */
  | { readonly kind: "failed"; readonly why: "away" | "refused" | "not_possible" };

/** Paddle's codes for "there is such a change already". */
const SCHEDULED_ALREADY: readonly string[] = ["subscription_locked_pending_changes"];

/**
 * Whether an act makes sense for a subscription as it is stored. Pure.
 *
 * @returns `done` if what is asked for is so already.
 */
export function allows(
  row: Pick<SubscriptionRow, "status" | "cancelAtPeriodEnd" | "providerSubscriptionId">,
  act: Act,
): boolean | "done" {
  // There is nothing that Paddle could do about it, and nothing that would go on by itself.
  if (isByHand(row)) return false;
  const running = row.status === "active" || row.status === "trialing";
  switch (act) {
    case "cancel":
      if (endsAtOnce(row)) return true;
      return running && (row.cancelAtPeriodEnd ? "done" : true);
    case "withdraw":
      return running && (row.cancelAtPeriodEnd ? true : "done");
    case "payment":
      return running || row.status === "past_due";
  }
}

/**
 * Whether cancelling ends a subscription at once: nothing is paid for, so there is no period to wait
 * for. Pure.
 */
export function endsAtOnce({ status }: Pick<SubscriptionRow, "status">): boolean {
  return status === "past_due" || status === "paused";
}

/**
 * The member's own subscription of that id.
 *
 * @throws {HttpError} 404 if it is nobody's, or somebody else's.
 */
export async function ownSubscription(
  state: Pick<State, "db" | "viewer">,
  id: string,
): Promise<SubscriptionRow> {
  const viewer = viewerOf(state);
  const rows = await state.db((tx) => readSubscriptions(tx, viewer.id));
  const row = rows.find((row) => row.id === id);
  if (row === undefined) throw new HttpError(404);
  return row;
}

/**
 * Carries out an act, once it is known whose subscription it is.
 *
 * @param state The request's state.
 * @param act What to do.
 * @param row The member's own subscription, from {@linkcode ownSubscription}.
 * @param ownOrigin The site's address, for telling whether Paddle names a page of Paddle's.
 */
export async function carryOut(
  state: Pick<State, "services" | "requestId">,
  act: Act,
  row: SubscriptionRow,
  ownOrigin: string,
): Promise<ActOutcome> {
  const allowed = allows(row, act);
  if (allowed === "done") return { kind: "done" };
  if (!allowed) return { kind: "failed", why: "not_possible" };
  const { services, requestId } = state;
  try {
    const url = await ask(services.paddle, act, row);
    if (url === null) return { kind: "done" };
    if (isCheckoutUrl(url, services.env.paddle, ownOrigin)) return { kind: "leads_to", url };
    services.log.error("Paddle named an address that is not its own", { requestId, act });
    return { kind: "failed", why: "refused" };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A second press of the same button, or a press in another window.
    if (act === "cancel" && error instanceof PaddleRefused) {
      if (SCHEDULED_ALREADY.includes(error.paddleCode)) return { kind: "done" };
    }
    services.log.error("a membership could not be changed", { requestId, act, error });
    return { kind: "failed", why: error instanceof PaddleUnavailable ? "away" : "refused" };
  }
}

/** The address where it goes on, or null if it is done. */
async function ask(paddle: PaddleApi, act: Act, row: SubscriptionRow): Promise<string | null> {
  const id = row.providerSubscriptionId;
  switch (act) {
    case "cancel":
      await (endsAtOnce(row) ? paddle.cancelNow(id) : paddle.cancelAtPeriodEnd(id));
      return null;
    case "withdraw":
      await paddle.withdrawScheduledChange(id);
      return null;
    case "payment":
      return await paddle.paymentMethodCheckout(id);
  }
}
