/** The page of a claim for those who work on it, in the portals of staff and of administrators. */
import { type Context, HttpError, page } from "fresh";
import { readClaim } from "@core/claims/claim_store.ts";
import { newLinkToken } from "@core/claims/link_token.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { type DeskClaim, readDeskClaim, worksOnClaims } from "./claim_desk.ts";
import {
  listFilter,
  listPart,
  listQuery,
  partQuery,
  queueFilter,
  queueQuery,
} from "./claim_filters.ts";
import { noteClaimRead, noteClaimSeen } from "./claim_news.ts";
import { AnyForm, claimIdOf, mayStill } from "./claim_pages.ts";
import { actOnClaim, type DeskAgain, type DoneAct } from "./desk_acts.ts";
import { uploadPolicy } from "./evidence.ts";
import { hasFile } from "./file_form.ts";
import { readForm } from "./forms.ts";
import { viewerOf } from "./guards.ts";
import { withQuery } from "./links.ts";
import { takeUploadForm } from "./upload_form.ts";
import type { DeskPortal } from "../components/staff/desk.ts";

/** Something that was done, on this page or on one of its documents. */
export type Done = DoneAct | "upload" | "delete";

/** What the page shows. */
export interface DeskData {
  readonly portal: DeskPortal;
  readonly desk: DeskClaim;
  /** Whether the reader works on the claim, rather than only looking at it. */
  readonly mayAct: boolean;
  /** Address of the page's forms. */
  readonly here: string;
  /** The list that led here. */
  readonly back: string;
  readonly again: DeskAgain | null;
  /** What was done a moment ago. */
  readonly done: Done | null;
  /** A tracking link that was made a moment ago: shown this once. */
  readonly freshLink: string | null;
  /** Key of the tracking link to be made. */
  readonly token: string;
  /** What was wrong with the file of the plain form. */
  readonly fileProblem: MessageKey | null;
}

/** Things that one of the staff may do to claims in an hour. */
const AN_HOUR = 600;

/** Where a form leads when it is done: to what it changed. */
const PLACES: Readonly<Partial<Record<Done, string>>> = {
  message: "#latest",
  ask: "#latest",
  note: "#notes",
  upload: "#documents",
};

/** Shows a claim. */
export function showDesk(ctx: Context<State>, portal: DeskPortal) {
  return show(ctx, portal, 200, {});
}

/** Takes the forms of the page. */
export async function postDesk(ctx: Context<State>, portal: DeskPortal) {
  const { state, req, url } = ctx;
  const id = claimIdOf(ctx);
  if (!worksOnClaims(viewerOf(state).role)) throw new HttpError(403);
  const claim = await state.db((tx) => readClaim(tx, id));
  if (claim === null) throw new HttpError(404);
  const done = (what: Done) => {
    const query = { done: what, from: url.searchParams.get("from") };
    return ctx.redirect(withQuery(url.pathname, query) + (PLACES[what] ?? ""), 303);
  };
  if (hasFile(req)) {
    const outcome = await takeUploadForm(state, req, id);
    if (outcome.stored) return done("upload");
    return await show(ctx, portal, outcome.status, { fileProblem: outcome.problem });
  }
  const { typed } = await readForm(req, AnyForm);
  if (!await mayStill(state, "desk", AN_HOUR)) throw new HttpError(429);
  const outcome = await actOnClaim(state, claim, typed);
  switch (outcome.kind) {
    case "done":
      return done(outcome.act);
    case "link":
      return await show(ctx, portal, 200, {
        freshLink: `${state.origin}/${state.locale}/track/${outcome.token}`,
      });
    case "again":
      return await show(ctx, portal, outcome.status, { again: outcome.again });
    case "not_found":
      throw new HttpError(404);
  }
}

async function show(
  ctx: Context<State>,
  portal: DeskPortal,
  status: number,
  what: Partial<Pick<DeskData, "again" | "freshLink" | "fileProblem">>,
) {
  const { state, url } = ctx;
  const viewer = viewerOf(state);
  const id = claimIdOf(ctx);
  const mayAct = worksOnClaims(viewer.role);
  const desk = await state.db(async (tx) => {
    const read = await readDeskClaim(tx, id, url.searchParams.has("all"));
    // What is new to the one who pursues the claim stays new while others look.
    const note = read?.claim.assignedTo === viewer.id ? noteClaimRead : noteClaimSeen;
    await note(state, tx, id);
    return read;
  });
  if (desk === null) throw new HttpError(404);
  state.policy = uploadPolicy(state);
  const from = url.searchParams.get("from");
  return page<DeskData>({
    portal,
    desk,
    mayAct: mayAct && desk.claim.isSubmitted && desk.claim.memberId !== viewer.id,
    here: withQuery(url.pathname, { from }),
    back: backOf(state, portal, from, id),
    again: what.again ?? null,
    done: doneOf(url),
    freshLink: what.freshLink ?? null,
    token: newLinkToken(),
    fileProblem: what.fileProblem ?? null,
  }, { status });
}

const DONE: readonly Done[] = [
  "message",
  "ask",
  "note",
  "move",
  "take",
  "assign",
  "untrack",
  "upload",
  "delete",
];

function doneOf(url: URL): Done | null {
  return DONE.find((what) => what === url.searchParams.get("done")) ?? null;
}

/** The list that led here, its filter read anew: an address may say anything. */
function backOf(state: State, portal: DeskPortal, from: string | null, id: string): string {
  const query = new URLSearchParams(from ?? "");
  const filter = portal === "staff" ? queueQuery(queueFilter(query)) : listQuery(listFilter(query));
  const path = `/${state.locale}/${portal}/claims`;
  return withQuery(path, { ...filter, ...partQuery(listPart(query)) }) + `#claim-${id}`;
}
