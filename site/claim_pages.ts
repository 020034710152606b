/** What the member's pages about claims have in common. */
import { type Context, HttpError } from "fresh";
import { z } from "zod";
import type { Claim } from "@core/claims/claim.ts";
import { readOwnClaim } from "@core/claims/claim_store.ts";
import { takeRateLimit } from "@core/platform/rate_limit.ts";
import type { State } from "../utils.ts";
import { viewerOf } from "./guards.ts";
import { isUuid } from "./links.ts";

/** Any form whose fields are looked at one by one. */
export const AnyForm = z.record(z.string(), z.string());

/** The claim that a path names by `[id]`, as an id. */
export function claimIdOf(ctx: Pick<Context<State>, "params">): string {
  const id = (ctx.params["id"] ?? "").toLowerCase();
  if (!isUuid(id)) throw new HttpError(404);
  return id;
}

/**
 * The signed-in member's claim that a path names.
 *
 * @param ctx The request.
 * @throws {HttpError} 404 if it is nobody's or somebody else's.
 */
export async function ownClaim(ctx: Context<State>): Promise<Claim> {
  const id = claimIdOf(ctx);
  const claim = await ctx.state.db((tx) => readOwnClaim(tx, viewerOf(ctx.state).id, id));
  if (claim === null) throw new HttpError(404);
  return claim;
}

/**
 * Counts something that a person does.
 *
 * @param state The request's.
 * @param bucket What it is.
 * @param max So often in an hour.
 * @returns Whether it is still allowed.
 */
export async function mayStill(state: State, bucket: string, max: number): Promise<boolean> {
  const verdict = await state.db((tx) =>
    takeRateLimit(tx, { bucket, key: viewerOf(state).id, max, windowSeconds: 3_600 })
  );
  return verdict.allowed;
}
