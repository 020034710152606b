/** The error names of Resend's API that the inbox gives (resend.com/docs/api-reference/errors). */
export type ResendErrorName =
  | "application_error"
  | "concurrent_idempotent_requests"
  | "daily_quota_exceeded"
  | "internal_server_error"
  | "invalid_api_key"
  | "invalid_idempotency_key"
  | "invalid_idempotent_request"
  | "method_not_allowed"
  | "missing_api_key"
  | "missing_required_field"
  | "not_found"
  | "rate_limit_exceeded"
  | "validation_error";

const statusOf: Record<ResendErrorName, number> = {
  "application_error": 500,
  "concurrent_idempotent_requests": 409,
  "daily_quota_exceeded": 429,
  "internal_server_error": 500,
  "invalid_api_key": 403,
  "invalid_idempotency_key": 400,
  "invalid_idempotent_request": 409,
  "method_not_allowed": 405,
  "missing_api_key": 401,
  "missing_required_field": 422,
  "not_found": 404,
  "rate_limit_exceeded": 429,
  "validation_error": 422,
};

/** A refusal in Resend's words. Thrown anywhere behind the API, answered in one place. */
export class ResendError extends Error {
  /** HTTP status of the answer. */
  readonly status: number;

  /**
   * @param errorName Resend's name of the error.
   * @param message What the caller reads.
   * @param headers Headers that the answer carries besides, such as `retry-after` in seconds.
   */
  constructor(
    readonly errorName: ResendErrorName,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "ResendError";
    this.status = statusOf[errorName];
  }

  /**
   * The answer that Resend's API would give.
   *
   * @returns A JSON response `{ statusCode, name, message }`.
   */
  toResponse(): Response {
    return Response.json(
      { statusCode: this.status, name: this.errorName, message: this.message },
      { status: this.status, headers: this.headers },
    );
  }
}
