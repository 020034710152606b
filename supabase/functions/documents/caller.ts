/** Who asks for a document, and whether they may ask now. */
import { findDocument, type FoundDocument, sessionLives } from "@core/documents/document_store.ts";
import { type AccessTokenKey, type Session, verifyAccessToken } from "@core/identity/session.ts";
import { bearerOf } from "@core/platform/bearer.ts";
import type { Database, Transaction } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import { type RateLimit, type RateLimitVerdict, takeRateLimit } from "@core/platform/rate_limit.ts";

/** A person who asks, with the token that Storage is asked with. */
export interface Caller {
  readonly session: Session;
  readonly token: string;
}

/** Tries of one person, where nothing else is said. */
const OFTEN = { max: 60, windowSeconds: 60 };
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Who asks, as their token says.
 *
 * @param headers The request's headers.
 * @param key What tokens are checked against.
 * @param now The time in milliseconds since 1970.
 * @throws {AppError} `unauthorized` (401) without a valid token.
 */
export async function callerOf(
  headers: Headers,
  key: AccessTokenKey,
  now: number,
): Promise<Caller> {
  const token = bearerOf(headers) ?? "";
  const session = await verifyAccessToken(token, key, now);
  if (session === null) throw signedOut();
  return { session, token };
}

/**
 * Does something in the person's name, if their sign-in still counts and they have not asked too
 * often. Their try is counted, and what `work` writes is kept, whatever is answered.
 *
 * @param db The database.
 * @param caller Who asks.
 * @param bucket What is counted together.
 * @param work What is done.
 * @param limit How often; 60 times a minute.
 * @throws {AppError} `unauthorized` (401) if the session has ended, `too_many_requests` (429).
 */
export async function asCaller<T>(
  db: Database,
  { session }: Caller,
  bucket: string,
  work: (tx: Transaction) => Promise<T>,
  { max, windowSeconds }: Pick<RateLimit, "max" | "windowSeconds"> = OFTEN,
): Promise<T> {
  const done = await db.asUser(session, async (tx) => {
    const limit = { bucket, key: session.userId, max, windowSeconds };
    const [lives, verdict] = await Promise.all([
      sessionLives(tx, session.sessionId),
      takeRateLimit(tx, limit),
    ]);
    // Refused after the commit, so that the try stays counted.
    if (!lives) return { refused: signedOut() };
    if (!verdict.allowed) return { refused: tooMany(verdict) };
    return { result: await work(tx) };
  });
  if ("refused" in done) throw done.refused;
  return done.result;
}

/**
 * The document that the person asks for. Refusals are on the audit log by then.
 *
 * @throws {AppError} Besides those of {@linkcode asCaller}: `forbidden` (403) inside the person's
 * tenant, `not_found` (404) otherwise.
 */
export async function requestedDocument(
  db: Database,
  caller: Caller,
  id: string,
): Promise<Extract<FoundDocument, { outcome: "ok" }>> {
  requireId(id);
  const found = await asCaller(db, caller, "documents", (tx) => findDocument(tx, id));
  if (found.outcome === "ok") return found;
  throw found.outcome === "forbidden" ? forbidden() : notFound();
}

/** @throws {AppError} `not_found` (404) for what cannot be an id. */
export function requireId(id: string): void {
  if (!ID.test(id)) throw notFound();
}

/** That the document is somebody else's, of the same tenant. */
export function forbidden(): AppError {
  return refusal(403, "forbidden", "This document is not yours to open.");
}

/** That there is no such document, as far as the person may know. */
export function notFound(): AppError {
  return refusal(404, "not_found", "There is no such document.");
}

/** That there were too many tries. */
export function tooMany({ retryAfterSeconds }: RateLimitVerdict): AppError {
  return new AppError({
    code: "too_many_requests",
    status: 429,
    message: "Too many tries. Please wait a moment.",
    retryAfter: retryAfterSeconds,
  });
}

/** An error that is nobody's fault but the caller's. */
export function refusal(status: number, code: string, message: string): AppError {
  return new AppError({ status, code, message });
}

function signedOut(): AppError {
  return refusal(401, "unauthorized", "Please sign in.");
}
