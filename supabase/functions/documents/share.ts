/** Hands documents out to whoever has a link, and its PIN if it has one. */
import { DOCUMENTS_ROLE } from "@core/documents/document_store.ts";
import {
  findSharedFile,
  recordShareAccess,
  SHARE_PIN,
  type SharedFile,
  type ShareOutcome,
} from "@core/documents/shared_file_store.ts";
import { hashOfToken, isLinkToken } from "@core/claims/link_token.ts";
import { openSharedFile } from "@core/documents/storage_keeper.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { readBody } from "@core/platform/http.ts";
import { callerAddress, takeRateLimit } from "@core/platform/rate_limit.ts";
import { refusal, tooMany } from "./caller.ts";
import { dispositionOf, handOut } from "./hand_out.ts";

/**
 * Tries of one address in a minute. All who come through the site share the site's, which counts each
 * visitor itself; this is the wider net around it, and around those who come here directly.
 */
const MAX_FROM_ADDRESS = 600;
/** A PIN and a word. */
const MAX_BODY_BYTES = 1024;

const REFUSALS: Readonly<
  Record<Exclude<ShareOutcome, "ok">, readonly [status: number, code: string, message: string]>
> = {
  gone: [404, "not_found", "This link does not work any more."],
  "pin_required": [401, "pin_required", "This link asks for a PIN."],
  "wrong_pin": [403, "wrong_pin", "The PIN is not right."],
  locked: [403, "locked", "The PIN was wrong too often. Ask the sender for a new link."],
};

/**
 * Answers with a shared document.
 *
 * @param deps Environment and database.
 * @param request The request; a POST may bring the PIN in its form.
 * @param where The link's secret, and the document's place in the list.
 */
export async function openShared(
  { env, db }: Pick<FunctionDeps, "env" | "db">,
  request: Request,
  where: { readonly token: string; readonly place: string },
): Promise<Response> {
  const fields = await readFields(request);
  const verdict = await db.asAnon((tx) =>
    takeRateLimit(tx, {
      bucket: "documents-share",
      key: callerAddress(request.headers),
      max: MAX_FROM_ADDRESS,
      windowSeconds: 60,
    })
  );
  if (!verdict.allowed) throw tooMany(verdict);
  const place = /^[1-9][0-9]?$/.test(where.place) ? Number(where.place) : 0;
  if (!isLinkToken(where.token) || place === 0) throw refused("gone");
  const tokenHash = await hashOfToken(where.token);
  const pin = fields.get("pin");
  // What cannot be a PIN is one wrong guess like any other.
  const tried = pin === null || pin === "" ? null : SHARE_PIN.test(pin) ? pin : "-";
  const shared: SharedFile = await db.asService(
    DOCUMENTS_ROLE,
    (tx) => findSharedFile(tx, tokenHash, tried, place),
  );
  if (shared.outcome !== "ok") throw refused(shared.outcome);

  const disposition = dispositionOf(fields.get("disposition"), shared.fileType);
  if (request.method === "HEAD") return handOut(null, shared, disposition);
  const range = request.headers.get("range");
  const file = await openSharedFile(env, shared, { range, signal: request.signal });
  if (file === null) throw refused("gone");
  try {
    if (file.status !== 416) {
      const action = disposition === "inline" ? "viewed" : "downloaded";
      await db.asService(
        DOCUMENTS_ROLE,
        (tx) => recordShareAccess(tx, tokenHash, place, action),
      );
    }
  } catch (error) {
    await file.body.cancel();
    throw error;
  }
  return handOut(file, shared, disposition);
}

/** The form's fields, or those of the address: a PIN never stands in an address. */
async function readFields(request: Request): Promise<URLSearchParams> {
  if (request.method !== "POST") {
    const fields = new URL(request.url).searchParams;
    fields.delete("pin");
    return fields;
  }
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) {
    throw refusal(400, "malformed", "Send a form.");
  }
  return new URLSearchParams(new TextDecoder().decode(await readBody(request, MAX_BODY_BYTES)));
}

function refused(outcome: Exclude<ShareOutcome, "ok">): AppError {
  const [status, code, message] = REFUSALS[outcome];
  return refusal(status, code, message);
}
