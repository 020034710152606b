/** Compares with Paddle's own list of events, and takes in what never arrived. */
import { AppError } from "@core/platform/errors.ts";
import type { Database } from "@core/platform/database.ts";
import type { Instant } from "@core/platform/instant.ts";
import { sha256 } from "@core/platform/sha256.ts";
import type { EventFeed, ListedEvent } from "./paddle_event_feed.ts";
import { ProcessingFailed, receiveEvent } from "./process_event.ts";
import { eventKey, readStoredKeys, WEBHOOKS_ROLE } from "./webhook_store.ts";

/** What a reconciliation found. */
export interface ReconcileCounts {
  /** Events that Paddle lists. */
  readonly listed: number;
  /** Those that had never arrived. */
  readonly missing: number;
  /** Those of them that took effect, had none, or failed and are tried again by the sweep. */
  readonly ok: number;
  readonly ignored: number;
  readonly failed: number;
}

/** Most events taken in at one go; a run that finds more says so by failing, and is run again. */
const MAX_MISSING = 20_000;

/**
 * Reads Paddle's list since a time and puts every event that is not stored through the same door as
 * a delivery, the oldest first. What is stored is left to the sweep, done with or not.
 *
 * @param db The database.
 * @param feed Paddle's list.
 * @param since From when on.
 * @returns What was found.
 * @throws {PaddleUnavailable | PaddleRefused} If the list cannot be read; nothing was taken in.
 * @throws {DatabaseUnavailable} If the database went away; what was taken in stays.
 */
export async function reconcile(
  db: Database,
  feed: EventFeed,
  since: Instant,
): Promise<ReconcileCounts> {
  const missing: ListedEvent[] = [];
  let listed = 0;
  for await (const page of feed(since)) {
    listed += page.length;
    missing.push(...await notStored(db, page));
    if (missing.length > MAX_MISSING) {
      throw new AppError({
        code: "too_much_missing",
        status: 500,
        message: `More than ${MAX_MISSING} events are missing; ask for a shorter time first.`,
      });
    }
  }
  const counts = { ok: 0, ignored: 0, failed: 0 };
  for (const { event, payload } of missing.reverse()) {
    const payloadHash = sha256(payload);
    try {
      const result = await receiveEvent(db, { event, payload, payloadHash, signature: "fetched" });
      // Delivered in this very moment: whoever was first applied it.
      counts[result === "duplicate" ? "ignored" : result]++;
    } catch (error) {
      if (!(error instanceof ProcessingFailed)) throw error;
      counts.failed++;
    }
  }
  return { listed, missing: missing.length, ...counts };
}

async function notStored(
  db: Database,
  page: readonly ListedEvent[],
): Promise<readonly ListedEvent[]> {
  if (page.length === 0) return [];
  const stored = await db.asService(
    WEBHOOKS_ROLE,
    (tx) => readStoredKeys(tx, page.map(({ event }) => eventKey(event))),
  );
  return page.filter(({ event }) => !stored.has(eventKey(event)));
}
