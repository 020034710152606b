import type { Context } from "hono";
import { z } from "zod";
import { invalidField, PaddleError } from "../paddle_error.ts";
import { fromWire, toWire } from "../wire.ts";

/** What an API call carries through its handlers. */
export interface ApiEnv {
  Variables: { requestId: string };
}

/** A call of the simulated Paddle API. */
export type ApiContext = Context<ApiEnv>;

/**
 * Answers with one entity in Paddle's envelope.
 *
 * @param entity In the simulator's own spelling.
 * @param status HTTP status, default 200.
 */
export function single(c: ApiContext, entity: unknown, status: 200 | 201 | 202 = 200): Response {
  const requestId = c.get("requestId");
  return Response.json(toWire({ data: entity, meta: { requestId } }), {
    status,
    headers: { "request-id": requestId },
  });
}

/**
 * Answers with a page of entities in Paddle's envelope. Knows `per_page`, `after` and
 * `order_by=id[ASC|DESC]`; other orders are refused.
 *
 * @param all Every entity that matches, oldest first.
 * @param idOf Its id, which is the cursor.
 * @param newestFirst The order when none is asked for.
 * @param shape What is shown of an entity.
 */
export function paged<T>(
  c: ApiContext,
  all: T[],
  idOf: (entity: T) => string,
  newestFirst: boolean,
  shape: (entity: T) => unknown = (entity) => entity,
): Response {
  const query = c.req.query();
  const perPage = Math.min(200, positive(query["per_page"]) ?? 50);
  const order = /^id\[(asc|desc)\]$/i.exec(query["order_by"] ?? "")?.[1]?.toLowerCase();
  if (query["order_by"] !== undefined && order === undefined) {
    invalidField("order_by", "only id[ASC] and id[DESC] are simulated");
  }
  const descending = order === undefined ? newestFirst : order === "desc";
  const sorted = all.toSorted((a, b) => idOf(a) < idOf(b) ? -1 : 1);
  if (descending) sorted.reverse();
  const { after } = query;
  const from = after === undefined
    ? 0
    : sorted.findIndex((entity) => descending ? idOf(entity) < after : idOf(entity) > after);
  const rest = from === -1 ? [] : sorted.slice(from);
  const data = rest.slice(0, perPage);
  const last = data.at(-1);
  const next = new URL(c.req.url);
  next.searchParams.set("after", last === undefined ? after ?? "" : idOf(last));
  const requestId = c.get("requestId");
  return Response.json(
    toWire({
      data: data.map(shape),
      meta: {
        requestId,
        pagination: {
          perPage,
          next: next.href,
          hasMore: rest.length > data.length,
          estimatedTotal: all.length,
        },
      },
    }),
    { headers: { "request-id": requestId } },
  );
}

/**
 * Values of a filter, which Paddle takes comma-separated.
 *
 * @param name Of the query parameter.
 * @returns The wanted values, or null when it is not given.
 */
export function wanted(c: ApiContext, name: string): string[] | null {
  return c.req.query(name)?.split(",") ?? null;
}

/**
 * Reads a JSON body by a schema in the simulator's own spelling.
 *
 * @throws {PaddleError} `bad_request` or `invalid_field`, which names the fields in Paddle's spelling.
 */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new PaddleError("bad_request", "Request body is not valid JSON.");
  }
  return parseBody(fromWire(body), schema);
}

/**
 * Checks a value by a schema.
 *
 * @throws {PaddleError} `invalid_field`.
 */
export function parseBody<T>(body: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new PaddleError(
    "invalid_field",
    "Request does not pass validation.",
    400,
    parsed.error.issues.map((issue) => ({
      field: issue.path.map((part) =>
        String(part).replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase()
      ).join("."),
      message: issue.message,
    })),
  );
}

/** Data that the caller attaches. */
export const CustomDataSchema = z.record(z.string(), z.unknown()).nullable();

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value > 0 ? value : null;
}
