/**
 * Paddle's own list of events, as they are on the wire. Not by Paddle's SDK: that turns entities into
 * camelCase objects, and what is missing here has to go through the same door as a delivery.
 * Source: https://developer.paddle.com/api-reference/events/list-events
 */
import { z } from "zod";
import type { PaddleEnv } from "@core/platform/env.ts";
import { PaddleRefused, PaddleUnavailable } from "@core/platform/errors.ts";
import type { Instant } from "@core/platform/instant.ts";
import { type PaddleEvent, parseEvent } from "./paddle_events.ts";

/** An event as the list has it. */
export interface ListedEvent {
  readonly event: PaddleEvent;
  /** The envelope as JSON text. */
  readonly payload: string;
}

/** Reads pages of events, the newest first, until all of a page are older than `since`. */
export type EventFeed = (since: Instant) => AsyncIterable<readonly ListedEvent[]>;

const Page = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ pagination: z.object({ "has_more": z.boolean() }) }),
});
const Refusal = z.object({ error: z.object({ code: z.string() }) });

const PAGE = 200;
const TIMEOUT = 15_000;
const ADDRESSES = {
  production: "https://api.paddle.com",
  sandbox: "https://sandbox-api.paddle.com",
} as const;

/**
 * Prepares reading Paddle's list of events.
 *
 * @param env The key and which Paddle it is for.
 * @returns The feed; reading it throws `PaddleUnavailable` or `PaddleRefused`.
 */
export function createEventFeed(env: PaddleEnv): EventFeed {
  const base = env.environment === "local" ? env.apiUrl : ADDRESSES[env.environment];

  return async function* feed(since) {
    let after: string | undefined;
    for (;;) {
      const query = new URLSearchParams({ "per_page": String(PAGE), "order_by": "id[DESC]" });
      if (after !== undefined) query.set("after", after);
      const { data, meta } = await readPage(`${base}/events?${query}`, env.apiKey);
      const events = data.map((json) => ({
        event: parseEvent(json),
        payload: JSON.stringify(json),
      }));
      const wanted = events.filter(({ event }) => event.occurredAt >= since);
      yield wanted;
      after = events.at(-1)?.event.eventId;
      if (!meta.pagination.has_more || wanted.length === 0 || after === undefined) return;
    }
  };
}

async function readPage(address: string, apiKey: string): Promise<z.infer<typeof Page>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(address, {
      headers: { authorization: `Bearer ${apiKey}`, "paddle-version": "1" },
      signal: AbortSignal.timeout(TIMEOUT),
      redirect: "error",
    });
    body = await response.json();
  } catch (error) {
    throw new PaddleUnavailable(error);
  }
  if (response.ok) {
    const page = Page.safeParse(body);
    if (page.success) return page.data;
    throw new PaddleUnavailable(new Error("the list of events has another shape"));
  }
  const refusal = Refusal.safeParse(body);
  if (response.status === 429 || response.status >= 500 || !refusal.success) {
    throw new PaddleUnavailable(new Error(`Paddle answered ${response.status}`));
  }
  throw new PaddleRefused(refusal.data.error.code);
}
