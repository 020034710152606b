import { toWire } from "./wire.ts";

/** What is wrong with one field of a request. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** A refusal in Paddle's words (developer.paddle.com/errors). */
export class PaddleError extends Error {
  /**
   * @param code Paddle's code, such as `not_found`.
   * @param detail What the caller reads.
   * @param status HTTP status, default 400.
   * @param errors The fields it is about.
   */
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status = 400,
    readonly errors: FieldProblem[] = [],
  ) {
    super(detail);
    this.name = "PaddleError";
  }

  /**
   * The answer of Paddle's API.
   *
   * @param requestId Shown to the caller, who quotes it to support.
   */
  toResponse(requestId: string): Response {
    const body = {
      error: {
        type: this.status >= 500 ? "api_error" : "request_error",
        code: this.code,
        detail: this.detail,
        documentationUrl: `https://developer.paddle.com/v1/errors/${
          sectionOf(this.code)
        }/${this.code}`,
        ...(this.errors.length === 0 ? {} : { errors: this.errors }),
      },
      meta: { requestId },
    };
    return Response.json(toWire(body), {
      status: this.status,
      headers: { "request-id": requestId },
    });
  }
}

/**
 * Refuses an id that names nothing.
 *
 * @param entity For example `transaction`.
 * @param id As asked for.
 * @throws {PaddleError} Always, with status 404.
 */
export function notFound(entity: string, id: string): never {
  throw new PaddleError("not_found", `Entity ${entity} ${id} not found`, 404);
}

/**
 * Refuses a request with one wrong field.
 *
 * @param field Its name in the request.
 * @param message What is wrong with it.
 * @throws {PaddleError} Always, `invalid_field`.
 */
export function invalidField(field: string, message: string): never {
  throw new PaddleError("invalid_field", "Request does not pass validation.", 400, [
    { field, message },
  ]);
}

function sectionOf(code: string): string {
  const section = /^(transaction|subscription|customer|adjustment|notification)_/.exec(code)?.[1];
  return section === undefined ? "shared" : `${section}s`;
}
