/** Receipts of payments by hand: taken from the agent, handed out to whoever checks them. */
import {
  announceProof,
  confirmProof,
  MAX_PROOF_BYTES,
  noteProofAccess,
  PROOF_TYPES,
  type ProofType,
  readProof,
} from "@core/agents/proof_store.ts";
import { agentRefusal } from "@core/agents/refusals.ts";
import { DOCUMENTS_ROLE } from "@core/documents/document_store.ts";
import { sampleOf } from "@core/documents/sample.ts";
import { sniff } from "@core/documents/sniff.ts";
import { openFile, putFile, unavailable } from "@core/documents/storage.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { readBody } from "@core/platform/http.ts";
import { asCaller, type Caller, notFound, refusal, requireId } from "./caller.ts";
import { dispositionOf, handOut } from "./hand_out.ts";

/** What taking and opening receipts needs. */
type ProofDeps = Pick<FunctionDeps, "env" | "db" | "log"> & {
  readonly whoAsks: (headers: Headers) => Promise<Caller>;
};

const NOT_KEPT = { "cache-control": "private, no-store", "referrer-policy": "no-referrer" };

/**
 * Takes a receipt: looks at its bytes, then stores it in the agent's name. What is refused is stored
 * nowhere.
 *
 * @param deps Environment, database and who asks.
 * @param request The bytes, with `?lead=`, `content-type` and `x-file-name`.
 * @throws {AppError} 401, 404, 409 `lead_over`, 413, 422 with why it is refused, 429.
 */
export async function takeProof(
  { env, db, whoAsks }: ProofDeps,
  request: Request,
): Promise<Response> {
  const caller = await whoAsks(request.headers);
  const leadId = new URL(request.url).searchParams.get("lead") ?? "";
  requireId(leadId);
  // Counted before anything is read.
  await asCaller(db, caller, "payment-proofs", () => Promise.resolve());
  const bytes = await readBody(request, MAX_PROOF_BYTES);
  const sample = sampleOf(bytes);
  const found = sniff(sample);
  if ("danger" in found) throw refused(found.danger);
  const type = proofType(found.type);
  if (type === null) throw refused("wrong_type");

  const name = nameOf(request.headers.get("x-file-name"));
  const size = bytes.length;
  const { session, token } = caller;
  const place = await db.asUser(session, (tx) => announceProof(tx, { leadId, name, type, size }))
    .catch((error) => {
      const why = agentRefusal(error);
      if (why === "not_found" || why === "not_allowed") throw notFound();
      if (why === "lead_over") throw refusal(409, "lead_over", "This lead is over.");
      if (why === "too_many") throw refusal(429, "too_many", "Too many files wait here already.");
      throw error;
    });
  const userId = session.userId;
  const isThere = await putFile(env, place, token, { bytes, type }) &&
    await db.asService(
      DOCUMENTS_ROLE,
      (tx) => confirmProof(tx, { id: place.id, userId, sha256: sample.sha256 }),
    );
  if (!isThere) throw unavailable(new Error(`receipt ${place.id} was not taken by Storage`));
  return Response.json({ id: place.id, name, type, size }, { status: 201, headers: NOT_KEPT });
}

/**
 * Hands a receipt out, shown where that is safe.
 *
 * @param deps Environment, database and who asks.
 * @param request The request.
 * @param id The receipt.
 * @throws {AppError} 401, 404, 429, `file_missing` (500).
 */
export async function openProof(
  { env, db, whoAsks, log }: ProofDeps,
  request: Request,
  id: string,
): Promise<Response> {
  requireId(id);
  const caller = await whoAsks(request.headers);
  const asked = new URL(request.url).searchParams.get("disposition");
  const proof = await asCaller(db, caller, "payment-proofs-read", async (tx) => {
    const proof = await readProof(tx, id);
    if (proof === null) await noteProofAccess(tx, id, "document.view");
    return proof;
  });
  if (proof === null) throw notFound();
  const disposition = dispositionOf(asked ?? "inline", proof.fileType);
  if (request.method === "HEAD") return handOut(null, proof, disposition);
  const file = await openFile(env, proof, caller.token, {
    range: request.headers.get("range"),
    signal: request.signal,
  });
  if (file === null) {
    log.error("a receipt has no file in Storage", { proof: id });
    throw refusal(500, "file_missing", "The file cannot be found in our storage.");
  }
  try {
    const action = disposition === "inline" ? "document.view" : "document.download";
    await db.asUser(caller.session, (tx) => noteProofAccess(tx, id, action));
  } catch (error) {
    await file.body.cancel();
    throw error;
  }
  return handOut(file, proof, disposition);
}

function proofType(type: string): ProofType | null {
  // Some systems call HEIC photos HEIF.
  const usual = type === "image/heif" ? "image/heic" : type;
  return PROOF_TYPES.find((known) => known === usual) ?? null;
}

/** Headers are bytes, so that names come encoded. */
function nameOf(header: string | null): string {
  try {
    return decodeURIComponent(header ?? "").normalize("NFC").slice(0, 1_000) || "file";
  } catch {
    return "file";
  }
}

function refused(code: string) {
  return refusal(422, code, "Receipts are photos or PDF files.");
}
