/**
 * `POST /paddle-webhook`: Paddle's deliveries. The raw body is checked, stored, and applied.
 * `POST /paddle-webhook/replay`: an administrator, by their access token, has what is due tried now.
 *
 * 200 `{"result":"ok"|"ignored"|"duplicate"}`; 400 no readable signature header, or a signed body
 * that is no event; 401 wrong signature; 413 too large; 429 too many wrong signatures; 500 processing
 * failed and 503 database away, after both of which Paddle delivers again.
 */
import type { Hono } from "hono";
import { MalformedEvent, parseDelivery } from "@core/billing/paddle_events.ts";
import {
  createSignatureVerifier,
  parseSignatureHeader,
  type SignatureHeader,
} from "@core/billing/paddle_signature.ts";
import { holdEvent, receiveEvent } from "@core/billing/process_event.ts";
import { sweepWebhooks } from "@core/billing/sweep.ts";
import { storeForged, storeMalformed, WEBHOOKS_ROLE } from "@core/billing/webhook_store.ts";
import { type AccessTokenKey, accessTokenKey, verifyAccessToken } from "@core/identity/session.ts";
import { createFlags } from "@core/platform/flags.ts";
import { bearerOf } from "@core/platform/bearer.ts";
import type { Database } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed, readBody } from "@core/platform/http.ts";
import { callerAddress, takeRateLimit } from "@core/platform/rate_limit.ts";
import { sha256 } from "@core/platform/sha256.ts";

/** Paddle's largest events have some 20 kB. */
const MAX_BODY_BYTES = 1_048_576;
/** Wrong signatures that one address may send in a minute; right ones are never counted. */
const MAX_WRONG_SIGNATURES = 60;
const ANSWER_HEADERS = { "content-type": "application/json", "cache-control": "no-store" };

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp({ env, db, clock, log, ...deps }: FunctionDeps): Hono {
  const flags = deps.flags ?? createFlags(db, clock, log);
  const isHeld = () => flags.isOn("hold_webhooks");
  const { bypassSignature, ...signatureOptions } = env.paddleWebhook;
  const verify = createSignatureVerifier(signatureOptions);
  const tokenKey = accessTokenKey(env);
  if (bypassSignature) log.warn("Paddle's signatures are not checked (APP_ENV is local or test)");

  const app = createFunctionApp(log);
  async function take(request: Request): Promise<Response> {
    const header = readSignature(request, bypassSignature);
    const body = await readBody(request, MAX_BODY_BYTES);
    const payloadHash = sha256(body);
    if (header !== null) {
      const verdict = verify(header, body, clock.now());
      if (verdict !== "valid") {
        await refuseForged(db, callerAddress(request.headers), payloadHash, verdict);
      }
    }
    try {
      const signature = header === null ? "bypassed" : "checked";
      const received = { ...parseDelivery(body), payloadHash, signature } as const;
      const result = await isHeld()
        ? await holdEvent(db, received)
        : await receiveEvent(db, received);
      return new Response(`{"result":"${result}"}`, { headers: ANSWER_HEADERS });
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      return await refuseMalformed(db, payloadHash, error);
    }
  }
  // One handler for all methods: where several match, Hono puts them together anew every time.
  app.all(
    "/paddle-webhook",
    (c) => c.req.method === "POST" ? take(c.req.raw) : methodNotAllowed("POST"),
  );
  app.post("/paddle-webhook/replay", async (c) => {
    await requireAdministrator(db, tokenKey, c.req.raw.headers, clock.now());
    const counts = await sweepWebhooks(db, {
      clock,
      budget: 10_000,
      max: 500,
      workers: 3,
      isHeld,
    });
    return c.json({ counts }, 200, { "cache-control": "no-store" });
  });
  app.all("/paddle-webhook/replay", () => methodNotAllowed("POST"));
  return app;
}

/** Which events are due was decided, and audited, in the database; this only spares the waiting. */
async function requireAdministrator(
  db: Database,
  key: AccessTokenKey,
  headers: Headers,
  now: number,
): Promise<void> {
  const session = await verifyAccessToken(bearerOf(headers) ?? "", key, now);
  if (session === null) throw refusal(401, "unauthorized", "Please sign in.");
  const [person] = await db.asUser(
    session,
    (tx) =>
      tx<{ role: string }[]>`select role from public.profiles where id = ${session.userId}
        and is_active`,
  );
  if (person?.role === "tenant_admin" || person?.role === "super_admin") return;
  throw refusal(403, "forbidden", "Only administrators replay events.");
}

/** The signature header, or null where it is not looked at. */
function readSignature(request: Request, bypass: boolean): SignatureHeader | null {
  if (bypass) return null;
  const text = request.headers.get("paddle-signature");
  const header = parseSignatureHeader(text);
  if (header !== null) return header;
  throw text === null
    ? refusal(400, "missing_signature", "The header Paddle-Signature is missing.")
    : refusal(400, "malformed_signature", "The header Paddle-Signature cannot be read.");
}

async function refuseMalformed(
  db: Database,
  payloadHash: string,
  error: MalformedEvent,
): Promise<never> {
  const reason = error.message.slice(0, 500);
  await db.asService(WEBHOOKS_ROLE, (tx) => {
    storeMalformed(tx, { payloadHash, reason }).execute();
    return Promise.resolve();
  });
  throw refusal(400, "malformed_event", "The body is not an event of Paddle's.");
}

async function refuseForged(
  db: Database,
  address: string,
  payloadHash: string,
  verdict: string,
): Promise<never> {
  const { allowed, retryAfterSeconds } = await db.asService(WEBHOOKS_ROLE, async (tx) => {
    const limit = await takeRateLimit(tx, {
      bucket: "paddle-webhook",
      key: address,
      max: MAX_WRONG_SIGNATURES,
      windowSeconds: 60,
    });
    if (limit.allowed) {
      storeForged(tx, { payloadHash, reason: `signature ${verdict}` }).execute();
    }
    return limit;
  });
  if (allowed) throw refusal(401, "wrong_signature", "The signature does not match the body.");
  throw new AppError({
    code: "too_many_requests",
    status: 429,
    message: "Too many deliveries with a wrong signature.",
    retryAfter: retryAfterSeconds,
  });
}

function refusal(status: number, code: string, message: string): AppError {
  return new AppError({ status, code, message });
}
