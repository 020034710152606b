import type { Context } from "hono";
import type { z } from "zod";
import { parseBody } from "../api/respond.ts";
import { PaddleError } from "../paddle_error.ts";
import { fromWire, toWire } from "../wire.ts";

/**
 * Reads what a control call asks for: JSON from programs, a form from the console.
 *
 * @param c The call.
 * @param schema Its shape, in the simulator's own spelling. Fields left empty in a form are absent.
 * @throws {PaddleError} `invalid_field` or `bad_request`.
 */
export async function readCommand<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = (await c.req.text()).trim();
  if (text !== "" && !text.startsWith("{")) {
    const fields = [...new URLSearchParams(text)].filter(([, value]) => value !== "");
    return parseBody(fromWire(Object.fromEntries(fields)), schema);
  }
  let body: unknown;
  try {
    body = JSON.parse(text === "" ? "{}" : text);
  } catch {
    throw new PaddleError("bad_request", "Request body is not valid JSON.");
  }
  return parseBody(fromWire(body), schema);
}

/**
 * Answers a control call: JSON `{ data }` to programs, the page they came from to people.
 *
 * @param c The call.
 * @param data In the simulator's own spelling.
 */
export function answer(c: Context, data: unknown): Response {
  if (isPerson(c)) return c.redirect(back(c, "done", "1"), 303);
  return Response.json(toWire({ data }));
}

/**
 * Answers a control call that was refused.
 *
 * @param c The call.
 * @param problem Why.
 */
export function answerProblem(c: Context, problem: PaddleError): Response {
  if (isPerson(c)) return c.redirect(back(c, "problem", problem.detail), 303);
  return problem.toResponse(crypto.randomUUID());
}

/** Browsers ask for a page, programs do not. */
function isPerson(c: Context): boolean {
  return (c.req.header("accept") ?? "").includes("text/html");
}

/** Only the path of the referrer counts, so nobody is led elsewhere. */
function back(c: Context, key: string, value: string): string {
  const referrer = URL.parse(c.req.header("referer") ?? "") ?? new URL(c.req.url);
  const url = new URL(referrer.pathname.startsWith("/sim") ? "/" : referrer.pathname, c.req.url);
  url.searchParams.set(key, value);
  return url.pathname + url.search;
}
