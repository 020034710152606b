/**
 * `POST /resend-webhook`: what Resend tells about mails on their way. The raw body is checked against
 * its svix signature and stored once.
 *
 * 200 `{"result":"ok"|"ignored"|"duplicate"}`; 400 no readable signature headers, or a signed body
 * that is no event; 401 wrong signature; 413 too large; 429 too many wrong signatures; 503 database
 * away, or `RESEND_WEBHOOK_SECRET` not set. After 5xx Resend delivers again.
 */
import type { Hono } from "hono";
import { parseMailEvent, recordMailEvent } from "@core/outreach/mail_events.ts";
import type { Database } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed, parseJson, readBody } from "@core/platform/http.ts";
import { callerAddress, takeRateLimit } from "@core/platform/rate_limit.ts";
import {
  createDeliveryVerifier,
  readDelivery,
  type SignedDelivery,
} from "@core/platform/webhook_signature.ts";

/** Events hold addresses and a subject; a click's user agent is the longest part. */
const MAX_BODY_BYTES = 262_144;
/** Wrong signatures that one address may send in a minute; right ones are never counted. */
const MAX_WRONG_SIGNATURES = 60;

const RESULTS = { stored: "ok", duplicate: "duplicate", "unknown_mail": "ignored" } as const;

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp({ env, db, clock, log }: FunctionDeps): Hono {
  const secrets = env.mail.webhookSecrets;
  const verify = createDeliveryVerifier({ secrets });

  const app = createFunctionApp(log);
  app.post("/resend-webhook", async (c) => {
    if (secrets.length === 0) {
      throw refusal(503, "not_configured", "RESEND_WEBHOOK_SECRET is not set.");
    }
    const delivery = readSignature(c.req.raw.headers);
    const body = await readBody(c.req.raw, MAX_BODY_BYTES);
    const verdict = await verify(delivery, body, clock.now());
    if (verdict !== "valid") await refuseForged(db, callerAddress(c.req.raw.headers));
    const event = parseMailEvent(parseJson(body));
    if (event === null) throw refusal(400, "malformed_event", "The body is no event of Resend's.");
    const result = await db.asService(
      "service_webhooks",
      (tx) => recordMailEvent(tx, delivery.id, event),
    );
    return c.json({ result: RESULTS[result] }, 200, { "cache-control": "no-store" });
  });
  app.all("/resend-webhook", () => methodNotAllowed("POST"));
  return app;
}

function readSignature(headers: Headers): SignedDelivery {
  const delivery = readDelivery(headers, "svix");
  if (delivery === "missing") {
    throw refusal(400, "missing_signature", "The svix headers are missing.");
  }
  if (delivery === "malformed") {
    throw refusal(400, "malformed_signature", "The svix headers cannot be read.");
  }
  return delivery;
}

async function refuseForged(db: Database, address: string): Promise<never> {
  const { allowed, retryAfterSeconds } = await db.asService(
    "service_webhooks",
    (tx) =>
      takeRateLimit(tx, {
        bucket: "resend-webhook",
        key: address,
        max: MAX_WRONG_SIGNATURES,
        windowSeconds: 60,
      }),
  );
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
