/** One document of a claim for staff: who opened it, and taking it away. */
import { type Context, HttpError, page } from "fresh";
import { z } from "zod";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { readClaim } from "@core/claims/claim_store.ts";
import { deleteDocument, readDocumentAccesses } from "@core/claims/document_store.ts";
import type { Claim } from "@core/claims/claim.ts";
import type { DocumentAccess, DocumentEntry } from "@core/claims/timeline.ts";
import { readDocuments } from "@core/claims/timeline_store.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { DeskPortal } from "../components/staff/desk.ts";
import type { State } from "../utils.ts";
import { worksOnClaims } from "./claim_desk.ts";
import { claimIdOf } from "./claim_pages.ts";
import { type Problem, readForm, type Typed } from "./forms.ts";
import { viewerOf } from "./guards.ts";

/** What the page shows. */
export interface DeskDocumentData {
  readonly portal: DeskPortal;
  readonly claim: Claim;
  readonly document: DocumentEntry;
  /** The latest first. */
  readonly accesses: readonly DocumentAccess[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Most letters of a reason; the database takes no more. */
const REASON_MAX = 500;

const missing: MessageKey = "staff.document.reason_missing";
const long: MessageKey = "staff.reason.long";
const Deletion = z.object({
  reason: z.string(missing).trim().min(1, missing)
    .refine((words) => [...words].length <= REASON_MAX, long),
});

/** Shows a document and who opened it, to those who may know; others see the claim. */
export async function showDeskDocument(ctx: Context<State>, portal: DeskPortal) {
  const { state } = ctx;
  if (!worksOnClaims(viewerOf(state).role)) {
    return ctx.redirect(`/${state.locale}/${portal}/claims/${claimIdOf(ctx)}`, 303);
  }
  return await show(ctx, portal, 200, {}, []);
}

/** Deletes the document, with a reason. */
export async function deleteDeskDocument(ctx: Context<State>, portal: DeskPortal) {
  const { state, req } = ctx;
  if (!worksOnClaims(viewerOf(state).role)) throw new HttpError(403);
  const { claim, document } = await documentOf(ctx);
  const form = await readForm(req, Deletion);
  if (!form.ok) {
    const problems = form.problems.map((problem) => ({ ...problem, params: { max: REASON_MAX } }));
    return await show(ctx, portal, 422, form.typed, problems);
  }
  const { reason } = form.value;
  const outcome = await unlessRefused(state.db((tx) => deleteDocument(tx, document.id, reason)));
  if (outcome.kind === "refused") {
    const problems: Problem[] = [{ field: null, key: "staff.refused" }];
    return await show(ctx, portal, 409, form.typed, problems);
  }
  return ctx.redirect(
    `/${state.locale}/${portal}/claims/${claim.id}?done=delete#documents`,
    303,
  );
}

async function show(
  ctx: Context<State>,
  portal: DeskPortal,
  status: number,
  typed: Typed,
  problems: readonly Problem[],
) {
  const { claim, document, accesses } = await documentOf(ctx);
  return page<DeskDocumentData>(
    { portal, claim, document, accesses, typed, problems },
    { status },
  );
}

async function documentOf(ctx: Context<State>) {
  const id = claimIdOf(ctx);
  const documentId = (ctx.params["document"] ?? "").toLowerCase();
  const [claim, documents] = await ctx.state.db((tx) =>
    Promise.all([readClaim(tx, id), readDocuments(tx, id)])
  );
  const document = documents.find((one) => one.id === documentId);
  if (claim === null || document === undefined) throw new HttpError(404);
  const accesses = await ctx.state.db((tx) => readDocumentAccesses(tx, documentId));
  return { claim, document, accesses };
}
