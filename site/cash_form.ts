/** Registering the cash that an agent took, with a photo or paper that shows it. */
import { z } from "zod";
import { type Attempt, recordCash, resubmitCash } from "@core/agents/cash_store.ts";
import { unlessRefused } from "@core/agents/refusals.ts";
import { MAX_FILE_BYTES } from "@core/claims/timeline.ts";
import { AppError } from "@core/platform/errors.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { dayIn, readDay } from "./claim_steps.ts";
import { fileProblem, FileRefused } from "./evidence.ts";
import { type FileForm, withFileForm } from "./file_form.ts";
import type { Problem, Typed } from "./forms.ts";
import { leadProblem } from "./lead_forms.ts";
import { isUuid } from "./links.ts";
import { pastMoment } from "./note_forms.ts";
import { uploadProof } from "./payment_proofs.ts";

/** Longest texts, in characters. */
export const CASH_MOST = { receipt: 60, note: 1_000 } as const;
/** Cash is registered at most so many days after it was taken. */
export const CASH_DAYS = 60;

/** What can be sent as a proof. */
export const PROOF_ACCEPT = "image/jpeg,image/png,image/webp,image/heic,application/pdf,.heic,.pdf";

/** Numbers that the sentences about files name. */
export const PROOF_BOUNDS = { mb: Math.floor(MAX_FILE_BYTES / 1_048_576), max: 1 };

/** What became of the form: it waits, somebody was faster, or something is to be looked at again. */
export type CashOutcome =
  | { readonly kind: "sent" | "waits" | "not_found" }
  | {
    readonly kind: "again";
    readonly problems: readonly Problem[];
    readonly typed: Typed;
    readonly status: number;
  };

const say = (key: MessageKey) => key;

/** The form without its file. */
const CashForm = z.object({
  plan: z.string().refine(isUuid, say("agent.lead.plan.unknown")),
  received: z.string().default("").transform((typed) => readDay(typed.trim()) ?? "")
    .refine((day) => day !== "", say("agent.day.missing")),
  receipt: z.string().default("").transform((typed) => typed.replace(/\s+/g, " ").trim())
    .refine((typed) => [...typed].length <= CASH_MOST.receipt, say("agent.text.long"))
    .transform((typed) => typed || null),
  note: z.string().default("").transform((words) => words.replace(/\r\n?/g, "\n").trim())
    .refine((words) => [...words].length <= CASH_MOST.note, say("agent.text.long"))
    .transform((words) => words || null),
});

/**
 * Takes the form. The file is stored first, so that a mistake in another field does not lose it.
 *
 * @param state The request's, of the lead's agent.
 * @param req The form, with or without a file.
 * @param leadId The lead.
 * @param returned The payment that was sent back, if this answers it.
 */
export function takeCash(
  state: State,
  req: Request,
  leadId: string,
  returned: Pick<Attempt, "id" | "planId"> | null,
): Promise<CashOutcome> {
  return withFileForm(req, async (form) => {
    const proof = await proofOf(state, leadId, form);
    const typed: Typed = { ...form.fields, ...proof.typed };
    const fields: Typed = returned === null ? typed : { ...typed, plan: returned.planId };
    const checked = CashForm.safeParse(fields);
    const problems = [
      ...problemsOf(checked.error),
      ...dayProblems(state, checked.data?.received ?? null),
      ...proof.problems,
    ].sort((a, b) => placeOf(a) - placeOf(b));
    const again = (problems: readonly Problem[], status: number): CashOutcome => ({
      kind: "again",
      problems,
      typed,
      status,
    });
    if (!checked.success || problems.length > 0) {
      return again(problems, proof.status ?? 422);
    }
    const { plan, received, receipt, note } = checked.data;
    const payment = {
      receiptNumber: receipt,
      receivedAt: pastMoment(received, state.services.clock.now()),
      proofId: typed["proof"] ?? "",
      note,
    };
    const outcome = await unlessRefused(state.db(async (tx) => {
      if (returned === null) await recordCash(tx, { leadId, planId: plan, ...payment });
      else await resubmitCash(tx, returned.id, payment);
    }));
    if (outcome.kind === "done") return { kind: "sent" };
    switch (outcome.why) {
      case "not_found":
      case "not_allowed":
        return { kind: "not_found" };
      // The same form twice.
      case "payment_open":
      case "moved_on":
        return { kind: "waits" };
      default:
        return again([leadProblem(outcome.why)], 409);
    }
  });
}

/** Fields in the order of the page: the first that is wrong is the one to begin with. */
const ORDER: readonly (string | null)[] = [null, "plan", "file", "received", "receipt", "note"];

function placeOf({ field }: Problem): number {
  return ORDER.indexOf(field);
}

/** What became of the file. */
interface Proof {
  /** The file as the form carries it on. */
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly status?: number;
}

/** A proof: newly sent, or sent before beside a field that was wrong. */
async function proofOf(
  state: State,
  leadId: string,
  { fields, file, tooLarge }: FileForm,
): Promise<Proof> {
  const refused = (code: string, status: number): Proof => ({
    typed: {},
    problems: [{ field: "file", key: fileProblem(code), params: PROOF_BOUNDS }],
    status,
  });
  if (tooLarge) return refused("too_large", 413);
  if (file === null) {
    const isThere = isUuid(fields["proof"] ?? "");
    return isThere ? { typed: {}, problems: [] } : refused("none_chosen", 422);
  }
  try {
    const { id, name } = await uploadProof(state, leadId, file);
    return { typed: { proof: id, proofName: name }, problems: [] };
  } catch (error) {
    if (error instanceof FileRefused) return refused(error.code, error.status);
    if (!(error instanceof AppError) || error.status < 500) throw error;
    state.services.log.warn("a proof could not be stored", { requestId: state.requestId, error });
    return refused("unavailable", 503);
  }
}

function dayProblems({ tenant, services }: State, received: string | null): Problem[] {
  if (received === null || received === "") return [];
  const now = services.clock.now();
  const from = dayIn(tenant.timeZone, now - CASH_DAYS * 86_400_000);
  if (received > dayIn(tenant.timeZone, now)) {
    return [{ field: "received", key: "agent.day.future" }];
  }
  return received < from
    ? [{ field: "received", key: "agent.cash.old", params: { days: CASH_DAYS } }]
    : [];
}

function problemsOf(error: z.ZodError | undefined): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, message } of error?.issues ?? []) {
    const field = String(path[0]);
    const max = field === "note" ? CASH_MOST.note : CASH_MOST.receipt;
    if (!problems.has(field)) {
      problems.set(field, { field, key: message as MessageKey, params: { max } });
    }
  }
  return [...problems.values()];
}
