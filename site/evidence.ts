/** Taking in evidence: announced, sent to Storage, looked at. For every portal that uploads. */
import { type Context, HttpError } from "fresh";
import { z } from "zod";
import { claimRefusal } from "@core/claims/claim_refusals.ts";
import {
  announceDocument,
  type AwaitedUpload,
  deleteDocument,
  readUpload,
} from "@core/claims/document_store.ts";
import { fileTypeOf, seenFileType } from "@core/claims/file_type.ts";
import { DOCUMENT_CATEGORIES, MAX_FILE_BYTES } from "@core/claims/timeline.ts";
import { AppError, Stopped, toResponse } from "@core/platform/errors.ts";
import { isMessageKey, type MessageKey } from "@core/platform/i18n.ts";
import { takeRateLimit } from "@core/platform/rate_limit.ts";
import type { State } from "../utils.ts";
import { viewerOf } from "./guards.ts";
import { isUuid } from "./links.ts";
import type { UploadPlace } from "./evidence_client.ts";

/** Files that one person may announce in a minute. */
const A_MINUTE = 60;

/** What a browser says about a file before it sends it. */
const NewFile = z.object({
  id: z.uuid(),
  name: z.string().min(1).max(2_000),
  type: z.string().max(200),
  size: z.number().int(),
  category: z.enum(DOCUMENT_CATEGORIES).catch("evidence"),
  request: z.uuid().nullish(),
});

/** A file that was refused; its code is part of the page's words (`evidence.problem.*`). */
export class FileRefused extends AppError {
  override readonly name = "FileRefused";

  constructor(code: string, status = 422) {
    super({ code, status, message: `The file was not taken: ${code.replaceAll("_", " ")}.` });
  }
}

/** Key of the sentence that says why a file was not taken, and what to do. */
export function fileProblem(code: string): MessageKey {
  const key = `evidence.problem.${code}`;
  return isMessageKey(key) ? key : "evidence.problem.unavailable";
}

/** What pages that upload may load besides: browsers send files straight to Storage. */
export function uploadPolicy(state: State): { readonly "connect-src": readonly string[] } {
  return { "connect-src": [new URL(state.services.env.supabaseUrl).origin] };
}

/**
 * `POST …/evidence` with `{ id, name, type, size, category?, request? }`: announces a file.
 *
 * @param ctx The request.
 * @param claimId The claim.
 * @returns 201 `{ id, url, type }`: where to PUT the file, and as what; 200 `{ id, confirmed? }` if
 * Storage awaits none: an earlier try may have arrived; else `{ error: { code } }`.
 */
export function announceFile(ctx: Context<State>, claimId: string): Promise<Response> {
  return asJson(ctx, async () => {
    const text = await ctx.req.text();
    if (text.length > 8_000) throw new HttpError(413);
    const file = NewFile.safeParse(parsed(text));
    if (!file.success || !isUuid(claimId)) throw new FileRefused("malformed", 400);
    const { type, size, category, request } = file.data;
    const upload = await announce(ctx.state, {
      id: file.data.id,
      claimId,
      name: file.data.name,
      declared: type,
      fileSize: size,
      category,
      requestId: request ?? null,
    });
    // A retry after the answer was lost: the file may be there and confirmed.
    if (!upload.isPending) return Response.json({ id: upload.id, confirmed: upload.isReadable });
    const url = await ctx.state.services.evidence.signUpload(tokenOf(ctx.state), placeOf(upload));
    if (url === null) return Response.json({ id: upload.id });
    return Response.json({ id: upload.id, url, type: upload.fileType }, { status: 201 });
  });
}

/**
 * `POST …/evidence/:id/confirm`: has an uploaded file looked at.
 *
 * @param ctx The request.
 * @param claimId The claim.
 * @param documentId The document.
 * @returns 200 `{ id }`, else `{ error: { code } }`.
 */
export function confirmFile(
  ctx: Context<State>,
  claimId: string,
  documentId: string,
): Promise<Response> {
  return asJson(ctx, async () => {
    await ownUpload(ctx.state, claimId, documentId);
    const verdict = await ctx.state.services.evidence.confirm(tokenOf(ctx.state), documentId);
    if (verdict !== null) throw new FileRefused(verdict);
    return Response.json({ id: documentId });
  });
}

/**
 * `POST …/evidence/:id/remove`: takes an upload back that is not finished, or a draft's document.
 *
 * @param ctx The request.
 * @param claimId The claim.
 * @param documentId The document.
 */
export function removeFile(
  ctx: Context<State>,
  claimId: string,
  documentId: string,
): Promise<Response> {
  return asJson(ctx, async () => {
    await ownUpload(ctx.state, claimId, documentId);
    await ctx.state.db((tx) => deleteDocument(tx, documentId));
    return Response.json({ id: documentId });
  });
}

/** A file that came with a form, for browsers without JavaScript. */
export interface FormFile {
  readonly claimId: string;
  readonly id: string;
  readonly file: File;
  readonly category: string;
  readonly requestId: string | null;
}

/**
 * Takes in one file from a form: announces, stores and confirms it.
 *
 * @param state The request's.
 * @param form The file, already read.
 * @throws {FileRefused} If the file is not taken.
 * @throws {AppError} If Storage is away.
 */
export async function takeFile(state: State, form: FormFile): Promise<void> {
  const { file, category } = form;
  const upload = await announce(state, {
    id: form.id,
    claimId: form.claimId,
    name: file.name,
    declared: await seenFileType(file),
    fileSize: file.size,
    category: DOCUMENT_CATEGORIES.find((known) => known === category) ?? "evidence",
    requestId: form.requestId,
  });
  // The same form twice.
  if (upload.isReadable) return;
  const { evidence } = state.services;
  await evidence.upload(tokenOf(state), placeOf(upload), file);
  const verdict = await evidence.confirm(tokenOf(state), upload.id);
  if (verdict !== null) throw new FileRefused(verdict);
}

async function announce(
  state: State,
  file: Omit<Parameters<typeof announceDocument>[1], "fileType"> & { readonly declared: string },
): Promise<AwaitedUpload> {
  if (await state.services.flags.isOn("stop_uploads", state.tenant.id)) {
    throw new FileRefused("uploads_stopped", 503);
  }
  const { declared, ...rest } = file;
  if (file.fileSize < 1) throw new FileRefused("empty_file");
  if (file.fileSize > MAX_FILE_BYTES) throw new FileRefused("too_large", 413);
  const fileType = fileTypeOf(file.name, declared);
  if (fileType === null) throw new FileRefused("wrong_type", 415);
  const verdict = await state.db((tx) =>
    takeRateLimit(tx, {
      bucket: "evidence",
      key: viewerOf(state).id,
      max: A_MINUTE,
      windowSeconds: 60,
    })
  );
  if (!verdict.allowed) throw new FileRefused("too_fast", 429);
  try {
    const announcement = { ...rest, name: storedName(file.name), fileType };
    const upload = await state.db((tx) => announceDocument(tx, announcement));
    if (upload === null) throw new FileRefused("not_found", 404);
    return upload;
  } catch (error) {
    // Switched since we looked.
    if (error instanceof Stopped && error.code === "uploads_stopped") {
      throw new FileRefused("uploads_stopped", 503);
    }
    switch (claimRefusal(error)) {
      case "too_many_documents":
        throw new FileRefused("too_many", 409);
      case "not_found":
      case "not_allowed":
        throw new FileRefused("not_found", 404);
      case "invalid":
        throw new FileRefused("malformed", 422);
      default:
        throw error;
    }
  }
}

/** A name that the table takes: without folders and NULs, its end kept where it is too long. */
function storedName(name: string): string {
  const last = name.normalize("NFC").replace(/[\p{Cc}\p{Cf}]/gu, "").split(/[/\\]/).at(-1)?.trim();
  const letters = [...last || "file"];
  if (letters.length <= 200) return letters.join("");
  const ending = /\.[^.]{1,10}$/.exec(letters.join(""))?.[0] ?? "";
  return letters.slice(0, 200 - ending.length).join("") + ending;
}

async function ownUpload(
  state: State,
  claimId: string,
  documentId: string,
): Promise<AwaitedUpload> {
  if (!isUuid(claimId) || !isUuid(documentId)) throw new FileRefused("not_found", 404);
  const upload = await state.db((tx) => readUpload(tx, claimId, documentId));
  if (upload === null) throw new FileRefused("not_found", 404);
  return upload;
}

function placeOf({ bucket, filePath, fileType }: AwaitedUpload): UploadPlace {
  return { bucket, path: filePath, type: fileType };
}

/** Storage and the function decide by the person's own token. */
function tokenOf(state: State): string {
  if (state.accessToken === null) throw new HttpError(401);
  return state.accessToken;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Islands read JSON, errors too. */
async function asJson(ctx: Context<State>, work: () => Promise<Response>): Promise<Response> {
  const { services, requestId } = ctx.state;
  try {
    return await work();
  } catch (error) {
    const refusal = claimRefusal(error);
    const known = error instanceof HttpError
      ? new FileRefused("malformed", error.status)
      : refusal === null
      ? error
      : new FileRefused(refusal, refusal === "not_found" ? 404 : 409);
    return toResponse(known, services.log.with({ requestId }));
  }
}
