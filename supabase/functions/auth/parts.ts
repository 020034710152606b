/** What the parts of this function share. */
import type { PaddleApi } from "@core/billing/paddle_api.ts";
import type { PasswordAuth } from "@core/identity/password_auth.ts";
import type { AccessTokenKey } from "@core/identity/session.ts";
import type { SendDeps } from "@core/outreach/send_due.ts";
import type { Background } from "@core/platform/background.ts";
import type { Transaction } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { parseJson, readBody } from "@core/platform/http.ts";
import { type RateLimit, type RateLimitVerdict, takeRateLimit } from "@core/platform/rate_limit.ts";
import type { DeliveryVerifier } from "@core/platform/webhook_signature.ts";
import type { z } from "zod";

/** What the parts need from outside. */
export interface AuthDeps extends FunctionDeps {
  readonly background: Background;
  readonly auth: PasswordAuth;
  readonly tokenKey: AccessTokenKey;
  readonly sending: SendDeps;
  readonly paddle: Pick<PaddleApi, "changeCustomerAddress">;
  readonly verifyHook: DeliveryVerifier;
}

/** What a page of ours or a program sends is never longer. */
const MAX_BODY_BYTES = 8_192;
/** Answers of this function are for one person and kept nowhere. */
const HEADERS = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

/** The code in a link of Auth's, as hosted Auth and the local one make it. */
export const RESET_TOKEN = /^[A-Za-z0-9_.~-]{1,512}$/;

/**
 * Reads a JSON body.
 *
 * @param request The request.
 * @param schema What it is to say.
 * @throws {AppError} `malformed` (400), `payload_too_large` (413).
 */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const body = schema.safeParse(parseJson(await readBody(request, MAX_BODY_BYTES)));
  if (body.success) return body.data;
  const what = body.error.issues[0]?.path.join(".") || "body";
  throw refusal(400, "malformed", `\`${what}\` is missing or malformed.`);
}

/** An answer with JSON. */
export function answer(body: object, status = 200): Response {
  return Response.json(body, { status, headers: HEADERS });
}

/** An answer that leads to another page. */
export function leadTo(address: string): Response {
  return new Response(null, { status: 302, headers: { ...HEADERS, location: address } });
}

/**
 * Counts a try against several limits at once. All are counted, whichever refuses.
 *
 * @param tx A transaction; it has to commit for the try to be counted.
 * @param limits The limits.
 * @returns A verdict for each.
 */
export function countAgainst(
  tx: Transaction,
  ...limits: readonly RateLimit[]
): Promise<RateLimitVerdict[]> {
  return Promise.all(limits.map((limit) => takeRateLimit(tx, limit)));
}

/** That there were too many tries. */
export function tooMany(verdict: Pick<RateLimitVerdict, "retryAfterSeconds">): AppError {
  return new AppError({
    code: "too_many_requests",
    status: 429,
    message: "Too many tries. Please wait a moment.",
    retryAfter: verdict.retryAfterSeconds,
  });
}

/** An error that is the caller's. */
export function refusal(status: number, code: string, message: string): AppError {
  return new AppError({ status, code, message });
}
