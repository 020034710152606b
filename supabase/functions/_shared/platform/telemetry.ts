/**
 * Tells Sentry of errors and of how requests went: the one file that speaks to it (ADR 0031).
 *
 * Off without `SENTRY_DSN`. No request waits for it, a flood of errors becomes no flood of messages, and
 * nothing that has a person in it leaves: requests are told of by their route, errors without what
 * was in them (`telemetry_event.ts`, `scrub.ts`).
 */
import type { CommonEnv } from "./env.ts";
import type { LogFields, Logger } from "./logger.ts";
import { errorEvent, objectiveTags, requestEvent, type Served } from "./telemetry_event.ts";

/** Takes what is to be told. Nothing of it throws or waits. */
export interface Telemetry {
  /** A request was answered. */
  served(request: Served): void;
  /** Something was logged as an error. */
  failed(message: string, fields: LogFields): void;
  /** Resolves when what was told has arrived or was given up; for shutting down, and for tests. */
  settled(): Promise<void>;
}

/** What is told nobody. */
export const noTelemetry: Telemetry = {
  served() {},
  failed() {},
  settled: () => Promise.resolve(),
};

/** How telemetry is told. */
export interface TelemetryOptions {
  /** `site` or a function's name. */
  readonly part: string;
  /** Told once that Sentry cannot be reached. */
  readonly log: Logger;
  /** A number from 0 to below 1; for tests. */
  readonly random?: () => number;
}

/** Messages in a minute, so that a fault in a loop does not use up the month's quota. */
const MOST_IN_A_MINUTE = 600;
/** Messages that wait for the SDK to load. */
const MOST_WAITING = 100;
/** The longest that one message may take, in milliseconds. */
const PATIENCE = 5_000;

/** Hosted Supabase ends a worker with its last answer unless it is told to wait. */
interface Runtime {
  readonly EdgeRuntime?: { waitUntil(work: Promise<unknown>): void };
}

type Sdk = typeof import("@sentry/deno");
type Client = NonNullable<ReturnType<Sdk["init"]>>;

/**
 * Starts telling.
 *
 * @param env Names Sentry's address, the environment and the version.
 * @param options Which part tells.
 * @returns Takes what is to be told; nothing at all happens without `SENTRY_DSN`.
 */
export function startTelemetry(
  env: Pick<CommonEnv, "sentry" | "appEnv" | "appVersion">,
  { part, log, random = anyNumber }: TelemetryOptions,
): Telemetry {
  const { dsn, tracesSampleRate } = env.sentry;
  if (dsn === undefined) return noTelemetry;
  let saidSo = false;
  const giveUp = (error: unknown) => {
    if (!saidSo) log.warn("Sentry cannot be told", { error });
    saidSo = true;
  };
  const connecting = connect(dsn, { part, env: env.appEnv, version: env.appVersion, giveUp })
    .catch((error) => {
      giveUp(error);
      return null;
    });
  let client: Client | null | undefined;
  void connecting.then((connected) => client = connected);
  let waiting = 0;
  const allowed = limit(MOST_IN_A_MINUTE);

  function tell(what: (client: Client) => void): void {
    if (client === null || !allowed(performance.now())) return;
    try {
      if (client !== undefined) {
        what(client);
      } else if (waiting < MOST_WAITING) {
        waiting += 1;
        void connecting.then((connected) => connected && what(connected)).catch(giveUp);
      }
      (globalThis as Runtime).EdgeRuntime?.waitUntil(settled());
    } catch (error) {
      giveUp(error);
    }
  }

  async function settled(): Promise<void> {
    const connected = await connecting;
    await connected?.flush(PATIENCE);
  }

  return {
    served(request) {
      // A rate of failures that is taken from a few of many requests says nothing: all are told of
      // that an objective is measured on, and of the others as many as wanted.
      if (objectiveTags(request) === null && random() >= tracesSampleRate) return;
      const now = Date.now();
      tell((client) => client.captureEvent(requestEvent(request, now)));
    },
    failed(message, fields) {
      tell((client) => {
        const parse = client.getOptions().stackParser;
        client.captureEvent(errorEvent(message, { part, ...fields }, parse));
      });
    },
    settled,
  };
}

/**
 * A logger whose errors are told as well.
 *
 * @param log Writes the lines.
 * @param telemetry Takes the errors.
 * @param fields What every line of this logger has.
 */
export function tellErrors(log: Logger, telemetry: Telemetry, fields: LogFields = {}): Logger {
  if (telemetry === noTelemetry) return log;
  return {
    info: (message, more) => log.info(message, more),
    warn: (message, more) => log.warn(message, more),
    error(message, more = {}) {
      log.error(message, more);
      telemetry.failed(message, { ...fields, ...more });
    },
    with: (more) => tellErrors(log.with(more), telemetry, { ...fields, ...more }),
  };
}

/** What a connection to Sentry is made from. */
interface Connection {
  readonly part: string;
  readonly env: string;
  readonly version: string;
  readonly giveUp: (error: unknown) => void;
}

/** Loads the SDK, without any of its integrations: they hook into fetch, console and servers. */
async function connect(dsn: string, { part, env, version, giveUp }: Connection): Promise<Client> {
  const { createTransport, init } = await import("@sentry/deno");
  const client = init({
    dsn,
    environment: env,
    release: version,
    serverName: part,
    defaultIntegrations: false,
    integrations: [],
    skipOpenTelemetrySetup: true,
    sendDefaultPii: false,
    sendClientReports: false,
    maxBreadcrumbs: 0,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        try {
          const response = await fetch(options.url, {
            method: "POST",
            body: body as string | Uint8Array<ArrayBuffer>,
            headers: options.headers ?? {},
            redirect: "manual",
            signal: AbortSignal.timeout(PATIENCE),
          });
          await response.body?.cancel();
          return {
            statusCode: response.status,
            headers: {
              "x-sentry-rate-limits": response.headers.get("x-sentry-rate-limits"),
              "retry-after": response.headers.get("retry-after"),
            },
          };
        } catch (error) {
          giveUp(error);
          return { statusCode: 503 };
        }
      }),
  });
  if (client === undefined) throw new Error("the SDK made no client");
  return client;
}

/** From 0 to below 1. */
function anyNumber(): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number / 2 ** 32;
}

/** Whether there is room for one more in this minute. */
function limit(most: number): (at: number) => boolean {
  let minute = -1;
  let count = 0;
  return (at) => {
    const now = Math.floor(at / 60_000);
    if (now !== minute) [minute, count] = [now, 0];
    count += 1;
    return count <= most;
  };
}
