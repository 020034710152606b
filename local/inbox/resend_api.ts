import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { readEmail } from "./email_request.ts";
import type { Faults } from "./faults.ts";
import { hang } from "./hang.ts";
import type { IdempotencyKeys } from "./idempotency.ts";
import { type Mail, type Message, resendEmailJson } from "./message.ts";
import type { MessageStore } from "./message_store.ts";
import { rateLimitExceeded, type RequestRate } from "./rate_limit.ts";
import { ResendError } from "./resend_error.ts";

const maxBatch = 100;
const maxBodyBytes = 40 * 1024 * 1024;

/** What the Resend API stands on. */
export interface ResendApiParts {
  apiKey: string;
  requestsPerSecond: number;
  store: MessageStore;
  keys: IdempotencyKeys;
  rate: RequestRate;
  faults: Faults;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told of mails that were accepted, after they are kept. */
  tell(messages: readonly Message[]): void;
  /** Aborted when the inbox stops, which ends requests that hang on purpose. */
  stopping: AbortSignal;
}

/**
 * The part of Resend's API that senders use: send, send a batch, read one back.
 *
 * @param parts Store, limits, faults.
 * @returns An app whose errors have Resend's shape.
 */
export function resendApi(parts: ResendApiParts): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    checkKey(c.req.header("authorization"), parts.apiKey);
    for (const [name, value] of Object.entries(parts.rate.take())) c.header(name, value);
    await next();
  });
  app.use(bodyLimit({
    maxSize: maxBodyBytes,
    onError() {
      throw new ResendError("validation_error", "The request body exceeds 40MB.");
    },
  }));

  app.post("/", (c) => send(c, "email", (body) => [readEmail(body)]));
  app.post("/batch", (c) => send(c, "batch", (body) => readBatch(body)));
  app.get("/:id", (c) => {
    const message = parts.store.find(c.req.param("id"));
    if (message === undefined) throw new ResendError("not_found", "Email not found");
    return c.json(resendEmailJson(message));
  });
  app.all("/", methodNotAllowed);
  app.all("/batch", methodNotAllowed);
  app.onError((error) => {
    if (error instanceof ResendError) return error.toResponse();
    throw error;
  });

  async function send(
    c: Context,
    kind: "email" | "batch",
    read: (body: unknown) => Mail[],
  ): Promise<Response> {
    const fault = parts.faults.next();
    if (fault === "hang") return await hang(c.req.raw.signal, parts.stopping);
    if (fault === "500") throw internalError();
    if (fault === "429") throw rateLimitExceeded(parts.requestsPerSecond);
    if (fault === "quota") {
      throw new ResendError(
        "daily_quota_exceeded",
        "You have reached your daily email sending quota.",
        { "retry-after": "3600" },
      );
    }

    const text = await c.req.text();
    const idempotencyKey = c.req.header("idempotency-key") ?? null;
    const requestHash = `${kind}:${await sha256(text)}`;
    const answer = await parts.keys.once(idempotencyKey, requestHash, async () => {
      const messages = read(parseJson(text)).map((mail): Message => ({
        ...mail,
        id: crypto.randomUUID(),
        createdAt: new Date(parts.now()).toISOString(),
        source: "api",
        idempotencyKey,
        requestHash,
      }));
      await parts.store.add(...messages);
      parts.tell(messages);
      const ids = messages.map(({ id }) => ({ id }));
      return kind === "batch" ? { data: ids } : ids[0];
    });

    if (fault === "hang_after_accept") return await hang(c.req.raw.signal, parts.stopping);
    if (fault === "500_after_accept") throw internalError();
    return c.json(answer);
  }

  return app;
}

/**
 * Refuses a request without the key, as Resend does.
 *
 * @param header Its `Authorization`.
 * @param apiKey The key.
 */
export function checkKey(header: string | undefined, apiKey: string): void {
  if (header === undefined || header.trim() === "") {
    throw new ResendError("missing_api_key", "Missing API Key");
  }
  if (header.replace(/^bearer\s+/i, "") !== apiKey) {
    throw new ResendError("invalid_api_key", "API key is invalid");
  }
}

function readBatch(body: unknown): Mail[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw new ResendError("validation_error", "The request body must be an array of emails.");
  }
  if (body.length > maxBatch) {
    throw new ResendError(
      "validation_error",
      `The batch must have at most ${maxBatch} emails, got ${body.length}.`,
    );
  }
  return body.map((one: unknown, index) => {
    try {
      const mail = readEmail(one);
      if (mail.attachments.length > 0 || mail.scheduledAt !== null) {
        throw new ResendError(
          "validation_error",
          "The `attachments` and `scheduled_at` fields are not supported in a batch.",
        );
      }
      return mail;
    } catch (error) {
      if (!(error instanceof ResendError)) throw error;
      throw new ResendError(error.errorName, `Email ${index}: ${error.message}`);
    }
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ResendError("validation_error", "The request body is not valid JSON.");
  }
}

function methodNotAllowed(): never {
  throw new ResendError("method_not_allowed", "Method is not allowed for the requested path.");
}

function internalError(): ResendError {
  return new ResendError("internal_server_error", "An unexpected error occurred.");
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))
    .toHex();
}
