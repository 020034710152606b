/** What administrators decide about commissions. */
import { decideCommissions } from "@core/agents/commission_store.ts";
import { type AgentRefusal, unlessRefused } from "@core/agents/refusals.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { z } from "zod";
import type { State } from "../utils.ts";
import type { Problem, Typed } from "./forms.ts";
import { isUuid } from "./links.ts";

const say = (key: MessageKey) => key;

/** The form below the list; the ticks come with it, each under a name of its own. */
export const DecisionForm = z.object({
  to: z.enum(["approved", "paid", "void"]),
  reason: z.string().default("").transform((text) => text.trim())
    .refine((text) => [...text].length <= 500, say("commissions.text.long")),
  reference: z.string().default("").transform((text) => text.trim())
    .refine((text) => [...text].length <= 100, say("commissions.text.long")),
});

/** Name of the tick of a commission. */
export function tickName(id: string): string {
  return `pick-${id}`;
}

/** Commissions that were ticked. */
export function ticked(typed: Typed): string[] {
  return Object.keys(typed)
    .filter((name) => name.startsWith("pick-"))
    .map((name) => name.slice("pick-".length))
    .filter(isUuid);
}

/** What came of it. */
export type Decided =
  | { readonly kind: "done"; readonly changed: number; readonly already: number }
  | {
    readonly kind: "refused";
    readonly problem: Problem;
    /** Which commission stands in the way. */
    readonly of: string | null;
  };

/**
 * Approves, pays or voids all ticked commissions, or none of them.
 *
 * @param state The request's state.
 * @param ids Which.
 * @param form What becomes of them.
 */
export async function decideTicked(
  state: State,
  ids: readonly string[],
  form: z.infer<typeof DecisionForm>,
): Promise<Decided> {
  const refused = (key: MessageKey, field: string | null = null, of: string | null = null) => ({
    kind: "refused" as const,
    problem: { field, key },
    of,
  });
  if (ids.length === 0) return refused("commissions.none_ticked");
  if (form.to === "void" && form.reason === "") {
    return refused("commissions.reason.missing", "reason");
  }
  const outcome = await unlessRefused(state.db((tx) =>
    decideCommissions(tx, {
      ids,
      to: form.to,
      reason: form.reason || null,
      payoutReference: form.reference || null,
    })
  ));
  if (outcome.kind === "done") return { kind: "done", ...outcome.value };
  return refused(REFUSALS[outcome.why] ?? "commissions.refused", null, outcome.detail);
}

const REFUSALS: Readonly<Partial<Record<AgentRefusal, MessageKey>>> = {
  "commission_not_payable": "commissions.refused.not_payable",
  "own_commission": "commissions.refused.own",
  "wrong_move": "commissions.refused.wrong_move",
  "moved_on": "commissions.refused.wrong_move",
  "not_found": "commissions.refused.not_found",
  "not_allowed": "commissions.refused.not_found",
};
