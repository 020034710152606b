import { STATUS_CODES } from "node:http";

/** An HTTP answer thrown as an error; the nearest `_error` page shows it, otherwise its text does. */
export class HttpError extends Error {
  /** HTTP status of the answer. */
  readonly status: number;

  /**
   * @param status HTTP status of the answer.
   * @param message Text for the client; the status' standard text when left out.
   * @param options Standard error options, such as `cause`.
   */
  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message ?? STATUS_CODES[status] ?? "", options);
    this.name = "HttpError";
    this.status = status;
  }
}

/** The status an error is answered with: its own for an {@linkcode HttpError}, else 500. */
export function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

/** The last resort: plain text for an error that no `_error` page took. */
export function plainAnswer(error: unknown): Response {
  const status = statusOf(error);
  // deno-lint-ignore no-console -- Nothing above this level can log it.
  if (status >= 500) console.error(error);
  const text = error instanceof HttpError ? error.message : "Internal server error";
  return new Response(text, { status });
}
