/**
 * Counts requests by minute, route and how they ended, and hands the counts to the database every few
 * seconds, off every request's path. Nothing of an address but its pattern is kept.
 */
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";

/** Upper bounds of the buckets in milliseconds; what took longer is in one more. */
export const BUCKET_BOUNDS: readonly number[] = [
  5,
  10,
  25,
  50,
  100,
  200,
  300,
  400,
  500,
  750,
  1_000,
  2_500,
  5_000,
  10_000,
];

/** Counts of a minute, as `private.add_request_minutes` takes them. */
export interface RequestMinute {
  readonly minute: string;
  readonly part: "site" | "functions";
  readonly route: string;
  readonly "status_class": number;
  requests: number;
  readonly buckets: number[];
}

/** Takes note of requests. */
export interface RequestLog {
  /**
   * Counts an answered request.
   *
   * @param route Pattern of its address.
   * @param status HTTP status of the answer.
   * @param milliseconds How long it took.
   */
  record(route: string, status: number, milliseconds: number): void;
  /** Hands over what was counted; what cannot be handed over is kept for the next time. */
  flush(): Promise<void>;
}

/** What a request log needs. */
export interface RequestLogOptions {
  readonly part: RequestMinute["part"];
  readonly clock: Clock;
  readonly log: Logger;
  /** Writes counts to the database. */
  readonly write: (minutes: readonly RequestMinute[]) => Promise<void>;
  /** Pause between two hand-overs, in milliseconds; 0 for none by itself. */
  readonly every?: number;
}

const EVERY = 5_000;
/** More different rows than this are not kept while the database is away. */
const MOST = 400;

/**
 * Makes a request log. A timer runs only while there is something to hand over, and keeps no process
 * alive.
 *
 * @param options What it needs.
 */
export function createRequestLog(options: RequestLogOptions): RequestLog {
  const { part, clock, log, write } = options;
  const every = options.every ?? EVERY;
  let counts = new Map<string, RequestMinute>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> | undefined;

  function schedule(): void {
    if (timer !== undefined || every === 0) return;
    const started = setTimeout(() => {
      timer = undefined;
      void flush();
    }, every);
    Deno.unrefTimer(started);
    timer = started;
  }

  function add(row: RequestMinute): void {
    const key = `${row.minute} ${row.status_class} ${row.route}`;
    const known = counts.get(key);
    if (known === undefined) {
      if (counts.size < MOST) counts.set(key, row);
      return;
    }
    known.requests += row.requests;
    row.buckets.forEach((count, place) =>
      known.buckets[place] = (known.buckets[place] ?? 0) + count
    );
  }

  async function handOver(): Promise<void> {
    const rows = [...counts.values()];
    counts = new Map();
    try {
      await write(rows);
    } catch (error) {
      log.warn("counts of requests could not be written", { error });
      rows.forEach(add);
      schedule();
    }
  }

  async function flush(): Promise<void> {
    while (writing !== undefined) await writing;
    if (counts.size === 0) return;
    writing = handOver().finally(() => writing = undefined);
    await writing;
  }

  return {
    record(route, status, milliseconds) {
      const buckets = new Array<number>(BUCKET_BOUNDS.length + 1).fill(0);
      const place = BUCKET_BOUNDS.findIndex((bound) => milliseconds <= bound);
      buckets[place === -1 ? BUCKET_BOUNDS.length : place] = 1;
      const minute = new Date(Math.floor(clock.now() / 60_000) * 60_000).toISOString();
      const statusClass = Math.min(Math.max(Math.floor(status / 100), 1), 5);
      add({
        minute,
        part,
        route: route.slice(0, 120),
        "status_class": statusClass,
        requests: 1,
        buckets,
      });
      schedule();
    },
    flush,
  };
}

/** Counts nothing, for what is told of no log. */
export const noRequestLog: RequestLog = { record: () => {}, flush: () => Promise.resolve() };
