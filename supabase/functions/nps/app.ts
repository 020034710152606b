/**
 * `GET /nps?token=`: may this survey be answered? 200 `{valid,alreadySubmitted}`. Opening it any
 * number of times uses nothing up: scanners of mails follow links.
 * `POST /nps` `{token,score,comment?}`: the answer, once. 200 `{success,alreadySubmitted}`.
 *
 * Both: 400 malformed; 404 unknown; 410 expired; 429. Answers carry no CORS headers: pages of others
 * have no business here.
 */
import type { Hono } from "hono";
import { answerNps, NpsAnswer, npsState, NpsToken } from "@core/outreach/nps.ts";
import { hashToken } from "@core/outreach/mail_links.ts";
import type { Transaction } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed, parseJson, readBody } from "@core/platform/http.ts";
import { callerAddress, type RateLimit, takeRateLimit } from "@core/platform/rate_limit.ts";

/** A comment of 1,000 characters, each of four bytes and escaped, and a token. */
const MAX_BODY_BYTES = 16_384;
/**
 * Tries of one address in a minute. All who come through the site share the site's, which counts each
 * visitor itself; this is the wider net around it, and around those who come here directly.
 */
const MAX_FROM_ADDRESS = 600;
/** Tries with one token in a minute. */
const MAX_WITH_TOKEN = 20;
const HEADERS = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp({ db, log }: FunctionDeps): Hono {
  const app = createFunctionApp(log);

  /** Counts a try, then does the work in the same transaction unless there were too many. */
  async function within<T>(
    headers: Headers,
    token: string,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    const limits: readonly RateLimit[] = [
      { bucket: "nps", key: callerAddress(headers), max: MAX_FROM_ADDRESS, windowSeconds: 60 },
      { bucket: "nps-token", key: hashToken(token), max: MAX_WITH_TOKEN, windowSeconds: 60 },
    ];
    const done = await db.asAnon(async (tx) => {
      for (const limit of limits) {
        const { allowed, retryAfterSeconds } = await takeRateLimit(tx, limit);
        // Refused after the commit, so that the try stays counted.
        if (!allowed) return { retryAfterSeconds };
      }
      return { result: await work(tx) };
    });
    if ("result" in done) return done.result as T;
    throw new AppError({
      code: "too_many_requests",
      status: 429,
      message: "Too many tries. Please wait a moment.",
      retryAfter: done.retryAfterSeconds,
    });
  }

  app.get("/nps", async (c) => {
    const token = NpsToken.safeParse(c.req.query("token"));
    if (!token.success) throw malformed("`token` is missing or malformed.");
    const { state } = await within(c.req.raw.headers, token.data, (tx) => npsState(tx, token.data));
    refuse(state);
    return c.json({ valid: true, alreadySubmitted: state === "answered" }, 200, HEADERS);
  });

  app.post("/nps", async (c) => {
    const answer = NpsAnswer.safeParse(parseJson(await readBody(c.req.raw, MAX_BODY_BYTES)));
    if (!answer.success) {
      throw malformed(`\`${answer.error.issues[0]?.path.join(".") || "body"}\` is malformed.`);
    }
    const { token } = answer.data;
    const { state } = await within(c.req.raw.headers, token, (tx) => answerNps(tx, answer.data));
    refuse(state);
    return c.json({ success: true, alreadySubmitted: state === "answered" }, 200, HEADERS);
  });

  app.all("/nps", () => methodNotAllowed("GET", "POST"));
  return app;
}

function refuse(state: string): void {
  if (state === "unknown") {
    throw new AppError({ code: "not_found", status: 404, message: "There is no such survey." });
  }
  if (state === "expired") {
    throw new AppError({ code: "expired", status: 410, message: "This survey is over." });
  }
}

function malformed(message: string): AppError {
  return new AppError({ code: "malformed", status: 400, message });
}
