/** What functions share about requests and answers. */
import { Hono } from "hono";
import { AppError, toResponse } from "./errors.ts";
import type { Logger } from "./logger.ts";

/**
 * Reads a request's body, but no more of it than allowed.
 *
 * @param request The request.
 * @param maxBytes The most that is read.
 * @returns The bytes as they came.
 * @throws {AppError} `payload_too_large` (413), or `unreadable_body` (400) if the sender broke off.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { headers } = request;
  if (Number(headers.get("content-length")) > maxBytes) throw tooLarge(maxBytes);
  // The server reads no more than was announced; then all of it at once is quicker.
  const isAnnounced = headers.has("content-length") && !headers.has("transfer-encoding");
  try {
    const body = isAnnounced ? await request.bytes() : await readChunks(request, maxBytes);
    if (body.length <= maxBytes) return body;
  } catch (cause) {
    const message = "The body could not be read to its end.";
    throw new AppError({ code: "unreadable_body", status: 400, message, cause });
  }
  throw tooLarge(maxBytes);
}

/** The body, or a little more than `maxBytes` of it. */
async function readChunks(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > maxBytes) break;
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/**
 * Reads JSON that came from outside. Its texts are without what PostgreSQL keeps in none: U+0000 is
 * left out, as it is of the site's forms, and half of a surrogate pair becomes U+FFFD.
 *
 * @param body The bytes as they came.
 * @returns What they say, or undefined if that is not JSON in UTF-8.
 */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(body),
      (_, value) => typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value,
    );
  } catch {
    return undefined;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError({
    code: "payload_too_large",
    status: 413,
    message: `The body may have at most ${maxBytes} bytes.`,
  });
}

/**
 * What browsers are told of every answer, when somebody opens a function's own address. Answers with
 * a file have a stricter policy of their own; what comes through the site gets the site's.
 */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  [
    "content-security-policy",
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ["referrer-policy", "no-referrer"],
  // Browsers obey it over https only, so that it does no harm on a developer's machine.
  ["strict-transport-security", "max-age=63072000; includeSubDomains"],
];

/**
 * A function's application, empty but for its errors, which are answered in the contract's form, and
 * for the headers of every answer.
 *
 * @param log Receives what is answered with 500 and above.
 * @returns The application, to add routes to.
 */
export function createFunctionApp(log: Logger): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of HEADERS) {
      if (!c.res.headers.has(name)) c.header(name, value);
    }
  });
  app.notFound(() =>
    toResponse(new AppError({ code: "not_found", status: 404, message: "There is nothing here." }))
  );
  app.onError((error) => toResponse(error, log));
  return app;
}

/**
 * Answers a method that a route does not have.
 *
 * @param allow The methods it has.
 * @returns 405 with an `Allow` header.
 */
export function methodNotAllowed(...allow: readonly string[]): Response {
  const response = toResponse(
    new AppError({
      code: "method_not_allowed",
      status: 405,
      message: `Use ${allow.join(" or ")}.`,
    }),
  );
  response.headers.set("allow", allow.join(", "));
  return response;
}
