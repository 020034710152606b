/** Looks at what was uploaded, and confirms it or refuses it for good. */
import {
  confirmUpload,
  DOCUMENTS_ROLE,
  findOwnUpload,
  findUploadedVersion,
  noteRefusal,
  type OwnUpload,
  refuseUpload,
} from "@core/documents/document_store.ts";
import type { DocumentType } from "@core/documents/document_types.ts";
import { type Sample, takeSample } from "@core/documents/sample.ts";
import { matchesAnnounced, sniff } from "@core/documents/sniff.ts";
import { openFile, unavailable } from "@core/documents/storage.ts";
import { removeFiles } from "@core/documents/storage_keeper.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { asCaller, type Caller, forbidden, notFound, refusal, requireId } from "./caller.ts";

/** A confirmed document, as the answer says it. */
export interface Confirmed {
  readonly result: "confirmed";
  readonly id: string;
  readonly name: string;
  /** What it is by its content. */
  readonly type: DocumentType;
  /** In bytes. */
  readonly size: number;
}

/** Why an upload was refused, in words for whoever has no page to show them. */
const REFUSALS: Readonly<Record<string, string>> = {
  "empty_file": "The file is empty.",
  "wrong_size": "The file that arrived has another size than was announced.",
  "wrong_type": "The file is of another kind than was announced.",
  changed: "The file was replaced while it was looked at. Please add it again.",
  executable: "Programs are not taken.",
  archive: "Archives and office documents are not taken. Save it as a PDF first.",
  markup: "Web pages and drawings in code are not taken. Save it as a PDF first.",
  polyglot: "The file is two kinds of file at once.",
  "too_many_pixels": "The picture is too large. Save a smaller copy first.",
  video: "Moving pictures are not taken.",
  "unknown_type": "Files of this kind are not taken.",
  expired: "The upload took too long. Please add the file again.",
};

/** Longest time that a file is read, in milliseconds: a Storage that stalls is not waited for. */
const PATIENCE = 60_000;

type Deps = Pick<FunctionDeps, "env" | "db" | "log">;

/**
 * Confirms an upload of the caller's own, once it is there and is what was announced. Asking again is
 * harmless: the first outcome stays.
 *
 * @param deps Environment, database and log.
 * @param caller Who uploaded it.
 * @param id The document.
 * @throws {AppError} 401, 404, 429; `not_uploaded` (409) while nothing has arrived; `expired`
 * (410) after the hour; 422 with the reason for which it was refused. Nothing is kept of what was
 * refused.
 */
export async function confirm(deps: Deps, caller: Caller, id: string): Promise<Confirmed> {
  requireId(id);
  const { env, db } = deps;
  const { userId } = caller.session;
  const found = await asCaller(db, caller, "documents-confirm", async (tx) => {
    return await findOwnUpload(tx, id, userId) ?? await noteRefusal(tx, id);
  });
  if (found === "forbidden") throw forbidden();
  if (found === "not_found") throw notFound();
  const before = await decidedBefore(deps, found);
  if (before !== null) return before;
  if (found.isOver) return await refuse(deps, caller, found, "expired");

  const version = await db.asService(
    DOCUMENTS_ROLE,
    (tx) => findUploadedVersion(tx, id, userId),
  );
  if (version === null) return await decidedMeanwhile(deps, caller, id);
  const file = await openFile(env, found, caller.token, { signal: AbortSignal.timeout(PATIENCE) });
  if (file === null) return await decidedMeanwhile(deps, caller, id);
  const length = Number(file.headers.get("content-length") ?? found.fileSize);
  if (length !== found.fileSize) {
    await file.body.cancel();
    return await refuse(deps, caller, found, length === 0 ? "empty_file" : "wrong_size");
  }
  const sample = await takeSample(file.body, found.fileSize).catch((cause) => {
    throw unavailable(cause);
  });
  const verdict = judge(sample, found);
  if (typeof verdict === "string") return await refuse(deps, caller, found, verdict);

  const { type, sha256 } = verdict;
  const outcome = await db.asService(
    DOCUMENTS_ROLE,
    (tx) => confirmUpload(tx, { id, userId, version, type, sha256 }),
  );
  switch (outcome) {
    case "confirmed":
      return confirmed(found, type);
    case "not_uploaded":
      throw notUploaded();
    case "not_found":
      // Its uploader took it back meanwhile.
      await discard(deps, found);
      throw notFound();
    case "expired":
      return await refuse(deps, caller, found, "expired");
    default:
      await discard(deps, found);
      throw refusedBecause(outcome);
  }
}

/** What became of an upload that was looked at before; null if it was not. */
async function decidedBefore(deps: Deps, upload: OwnUpload): Promise<Confirmed | null> {
  if (upload.isConfirmed) return confirmed(upload, upload.fileType);
  if (upload.refusedReason === null) return null;
  // The address of the upload may have been used once more.
  await discard(deps, upload);
  throw refusedBecause(upload.refusedReason);
}

/** Nothing is awaited any more: either nothing has come, or somebody else asked at the same moment. */
async function decidedMeanwhile(
  deps: Deps,
  { session }: Caller,
  id: string,
): Promise<Confirmed> {
  const upload = await deps.db.asUser(session, (tx) => findOwnUpload(tx, id, session.userId));
  if (upload === null) throw notFound();
  const decided = await decidedBefore(deps, upload);
  if (decided !== null) return decided;
  throw notUploaded();
}

/** What the upload is, or why it is refused. */
function judge(
  sample: Sample | null,
  upload: OwnUpload,
): { readonly type: DocumentType; readonly sha256: string } | string {
  if (sample === null) return "wrong_size";
  if (sample.size !== upload.fileSize) return sample.size === 0 ? "empty_file" : "wrong_size";
  const found = sniff(sample);
  if ("danger" in found) return found.danger;
  if (!matchesAnnounced(upload.fileType, found.type)) return "wrong_type";
  return { type: upload.fileType, sha256: sample.sha256 };
}

/** Refuses it for good and removes the file, unless it was decided otherwise meanwhile. */
async function refuse(
  deps: Deps,
  caller: Caller,
  upload: OwnUpload,
  reason: string,
): Promise<Confirmed> {
  const refused = await deps.db.asService(
    DOCUMENTS_ROLE,
    (tx) => refuseUpload(tx, upload.id, caller.session.userId, reason),
  );
  if (!refused) return await decidedMeanwhile(deps, caller, upload.id);
  await discard(deps, upload);
  throw refusedBecause(reason);
}

/** The row says no already; if the file cannot be removed now, the sweep does it. */
async function discard({ env, log }: Deps, { id, bucket, filePath }: OwnUpload): Promise<void> {
  try {
    await removeFiles(env, bucket, [filePath]);
  } catch (error) {
    log.warn("a refused file is left to the sweep", { document: id, error });
  }
}

function refusedBecause(reason: string): AppError {
  const message = REFUSALS[reason] ?? "The file was refused.";
  return refusal(reason === "expired" ? 410 : 422, reason, message);
}

function notUploaded(): AppError {
  return refusal(409, "not_uploaded", "The file has not arrived yet.");
}

function confirmed({ id, name, fileSize }: OwnUpload, type: DocumentType): Confirmed {
  return { result: "confirmed", id, name, type, size: fileSize };
}
