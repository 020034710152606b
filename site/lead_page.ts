/** The page of a lead for those who check its payments, also after a decision that did not work. */
import { type Context, HttpError, page } from "fresh";
import type { State } from "../utils.ts";
import type { Problem, Typed } from "./forms.ts";
import { isUuid } from "./links.ts";
import { type LeadFile, readLeadFile } from "./verification.ts";

/** What the page shows. */
export interface LeadPageData {
  readonly file: LeadFile;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/**
 * Shows a lead.
 *
 * @param ctx The request.
 * @param id The lead.
 * @param typed What was typed a moment ago.
 * @param problems What is wrong with it.
 * @param status Status of the answer.
 */
export async function showLead(
  ctx: Context<State>,
  id: string,
  typed: Typed = {},
  problems: readonly Problem[] = [],
  status = 200,
) {
  const file = isUuid(id) ? await ctx.state.db((tx) => readLeadFile(tx, id)) : null;
  if (file === null) throw new HttpError(404);
  return page<LeadPageData>({ file, typed, problems }, { status });
}
