/**
 * The one class of errors that callers may see, and the one place that turns an error into an answer.
 */
import type { Logger } from "./logger.ts";

/** What an {@link AppError} is made of. */
export interface AppErrorOptions {
  /** Stable, machine-readable name such as `wrong_signature`; part of the HTTP contract. */
  readonly code: string;
  /** HTTP status that answers it. */
  readonly status: number;
  /** One sentence for the caller; never a stack, SQL text or a secret. */
  readonly message: string;
  /** What led to it; logged, never shown. */
  readonly cause?: unknown;
  /** Seconds after which a retry makes sense, sent as `Retry-After`. */
  readonly retryAfter?: number;
}

/** An error with a stable code and an HTTP status, safe to show to the caller. */
export class AppError extends Error {
  override readonly name: string = "AppError";
  /** Stable, machine-readable name. */
  readonly code: string;
  /** HTTP status that answers it. */
  readonly status: number;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter: number | undefined;

  constructor(options: AppErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
  }
}

/**
 * PostgreSQL cannot be reached, went away, or has no connection to spare. Nothing was committed
 * unless it was lost during the commit itself, so callers make their writes repeatable.
 */
export class DatabaseUnavailable extends AppError {
  override readonly name = "DatabaseUnavailable";

  constructor(cause?: unknown) {
    super({
      code: "database_unavailable",
      status: 503,
      message: "The database cannot be reached. Please try again shortly.",
      retryAfter: 5,
      cause,
    });
  }
}

/** What an operator's switch keeps from being done (ADR 0032). */
export class Stopped extends AppError {
  override readonly name = "Stopped";

  constructor(code: "read_only" | "uploads_stopped", cause?: unknown) {
    super({
      code,
      status: 503,
      message: code === "read_only"
        ? "Nothing can be changed at the moment. Please try again later."
        : "No files are taken at the moment. Please try again later.",
      retryAfter: 300,
      cause,
    });
  }
}

/** Paddle's API did not answer in time, answered 429 or 5xx, or answered something unreadable. */
export class PaddleUnavailable extends AppError {
  override readonly name = "PaddleUnavailable";

  constructor(cause?: unknown, retryAfter = 30) {
    super({
      code: "paddle_unavailable",
      status: 503,
      message: "The payment provider cannot be reached. Nothing was changed.",
      retryAfter,
      cause,
    });
  }
}

/** Paddle understood a request and refused it, for instance because an id does not exist there. */
export class PaddleRefused extends AppError {
  override readonly name = "PaddleRefused";
  /** Paddle's own error code, for instance `transaction_not_found`. */
  readonly paddleCode: string;

  constructor(paddleCode: string, cause?: unknown) {
    super({
      code: "paddle_refused",
      status: 502,
      message: "The payment provider refused the request. Nothing was changed.",
      cause,
    });
    this.paddleCode = paddleCode;
  }
}

/** The body of every error answer. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Turns any thrown value into the contract's JSON error answer. Unknown errors are logged and
 * become a 500 that says nothing about their cause.
 *
 * @param error What was thrown.
 * @param log Receives unknown errors and the causes of those with status 500 and above.
 * @returns `{ error: { code, message } }` with the matching status, never cached.
 */
export function toResponse(error: unknown, log?: Logger): Response {
  const known = error instanceof AppError ? error : new AppError({
    code: "internal",
    status: 500,
    message: "Something went wrong on our side.",
    cause: error,
  });
  // Refused on purpose, and no trouble.
  if (known.status >= 500 && !(known instanceof Stopped)) {
    log?.error("request failed", { code: known.code, error: known.cause ?? known });
  }
  const body: ErrorBody = { error: { code: known.code, message: known.message } };
  const headers = new Headers({ "cache-control": "no-store" });
  if (known.retryAfter !== undefined) headers.set("retry-after", String(known.retryAfter));
  return Response.json(body, { status: known.status, headers });
}
