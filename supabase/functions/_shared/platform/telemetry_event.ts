/** What is told to Sentry of a request or an error. Pure; nothing here has a person in it. */
import { AppError } from "./errors.ts";
import type { LogFields } from "./logger.ts";
import { scrub } from "./scrub.ts";

/** One request that was answered. */
export interface Served {
  readonly method: string;
  /** The pattern that its address fits, such as `/api/documents/:id/download`; never the address. */
  readonly route: string;
  readonly status: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** Sentry's tags. */
export type Tags = Readonly<Record<string, string>>;

/** The service level objectives of docs/SLOS.md, by what they are measured on. */
const OBJECTIVES: Readonly<Record<string, (served: Served) => Tags>> = {
  "POST /api/webhooks/paddle": ({ status }) => ({
    "d07.webhook.processing": status === 401 ? "invalid_signature" : outcome(status),
  }),
  "GET /api/documents/:id/download": ({ status }) => ({
    "d07.document.download": outcome(status),
  }),
  "GET /api/claims": ({ status, ms }) => ({
    "d07.api.claims.latency": status >= 500
      ? "failed"
      : status >= 400
      ? "refused"
      : ms < 500
      ? "within"
      : "over",
  }),
};

/** `refused` is somebody's mistake, not ours, and counts for nothing. */
function outcome(status: number): string {
  if (status >= 500) return "failed";
  return status >= 400 ? "refused" : "ok";
}

/**
 * The tags of a request that an objective is measured on.
 *
 * @param served The request.
 * @returns The tags, or null where no objective looks at it.
 */
export function objectiveTags(served: Served): Tags | null {
  return OBJECTIVES[`${served.method} ${served.route}`]?.(served) ?? null;
}

/** A request as Sentry takes it: a transaction. Times are seconds since 1970. */
export interface RequestEvent {
  readonly type: "transaction";
  readonly transaction: string;
  readonly "transaction_info": { readonly source: "route" };
  readonly "start_timestamp": number;
  readonly timestamp: number;
  readonly tags: Record<string, string>;
  readonly contexts: {
    readonly trace: {
      readonly "trace_id": string;
      readonly "span_id": string;
      readonly op: "http.server";
      readonly status: "ok" | "cancelled" | "internal_error";
      readonly data: Record<string, number | string>;
    };
  };
  readonly spans: never[];
}

/**
 * Tells of a request.
 *
 * @param served The request.
 * @param now When it was answered, in milliseconds since 1970.
 */
export function requestEvent(served: Served, now: number): RequestEvent {
  const { method, route, status, ms } = served;
  return {
    type: "transaction",
    transaction: `${method} ${route}`,
    "transaction_info": { source: "route" },
    "start_timestamp": (now - ms) / 1000,
    timestamp: now / 1000,
    tags: { "http.status_code": String(status), ...objectiveTags(served) },
    contexts: {
      trace: {
        "trace_id": hex(16),
        "span_id": hex(8),
        op: "http.server",
        // Sentry counts everything but these two as a failure; refusing somebody is none.
        status: status >= 500 ? "internal_error" : status >= 400 ? "cancelled" : "ok",
        data: { "http.request.method": method, "http.response.status_code": status },
      },
    },
    spans: [],
  };
}

/** One frame of a stack, as the SDK's parser gives it. */
export interface Frame {
  filename?: string;
  function?: string;
  lineno?: number;
  colno?: number;
}

/** Makes frames of a stack. */
export type ParseStack = (stack: string) => readonly Frame[];

/** An error as Sentry takes it. */
export interface ErrorEvent {
  readonly level: "error";
  readonly message: string;
  readonly tags: Record<string, string>;
  readonly exception?: {
    readonly values: {
      readonly type: string;
      readonly value: string;
      readonly stacktrace?: { readonly frames: Frame[] };
    }[];
  };
}

/** Fields of a log line that may leave the house, all of them ours and none a person's. */
const TOLD: readonly string[] = ["function", "part", "code", "method", "job", "requestId"];
/** How many causes are told of. */
const DEEPEST = 4;

/**
 * Tells of an error that was logged.
 *
 * @param message The log line's words, which are ours.
 * @param fields The log line's fields; of all but a few only the error is looked at.
 * @param parse Makes frames of a stack.
 */
export function errorEvent(message: string, fields: LogFields, parse: ParseStack): ErrorEvent {
  const tags: Record<string, string> = {};
  for (const name of TOLD) {
    const value = fields[name];
    if (typeof value === "string" && value !== "") tags[name] = value.slice(0, 200);
  }
  const errors = chainOf(fields["error"]);
  const codes = errors.map(codeOf).filter((code) => code !== null);
  if (codes[0] !== undefined && tags["code"] === undefined) tags["code"] = codes[0];
  return {
    level: "error",
    message: scrub(message),
    tags,
    // Sentry wants the deepest cause first.
    ...(errors.length === 0
      ? {}
      : { exception: { values: errors.map((error) => exceptionOf(error, parse)).reverse() } }),
  };
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  let next = error;
  while (next instanceof Error && chain.length < DEEPEST && !chain.includes(next)) {
    chain.push(next);
    next = next.cause;
  }
  return chain;
}

function exceptionOf(error: Error, parse: ParseStack) {
  const code = codeOf(error);
  const frames = error.stack === undefined ? [] : parse(error.stack).map(placeOf);
  return {
    type: error.name,
    value: code === null ? scrub(error.message) : `${code}: ${scrub(error.message)}`,
    ...(frames.length === 0 ? {} : { stacktrace: { frames } }),
  };
}

/** Stable codes only: ours, PostgreSQL's five characters, Node's. */
function codeOf(error: Error): string | null {
  const code = error instanceof AppError ? error.code : (error as { code?: unknown }).code;
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : null;
}

/** Where in our own code, without the folder that the machine has it in. */
function placeOf({ filename, function: name, lineno, colno }: Frame): Frame {
  const file = filename?.replace(/^file:\/\//, "").replace(
    /^.*\/(?=(?:supabase\/functions|routes|site|components|_fresh|fresh|node_modules)\/)/,
    "",
  ).replace(/[?#].*$/, "");
  return {
    ...(file === undefined ? {} : { filename: file }),
    ...(name === undefined ? {} : { function: name }),
    ...(lineno === undefined ? {} : { lineno }),
    ...(colno === undefined ? {} : { colno }),
  };
}

function hex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}
