/** Hears from the database which claims have changed: one connection for the whole process. */
import postgres from "postgres";
import type { Logger } from "@core/platform/logger.ts";

/** Tells who watches a claim that something happened on it. What happened it does not know. */
export interface ClaimFeed {
  /**
   * Watches a claim.
   *
   * @param claimId The claim.
   * @param onChange Called after each change, and when changes may have been missed.
   * @returns Ends the watch.
   */
  watch(claimId: string, onChange: () => void): () => void;
  /** Closes the connection. */
  end(): Promise<void>;
}

/** Channel on which the database says the id of a claim that has changed. */
const CHANNEL = "claim_changed";

/**
 * Prepares the feed; it connects when the first claim is watched.
 *
 * @param url Connection string of a login; hearing needs no rights.
 * @param log Told when the connection fails; watchers then hear nothing until it is back.
 */
export function connectClaimFeed(url: string, log: Logger): ClaimFeed {
  const watchers = new Map<string, Set<() => void>>();
  let sql: postgres.Sql | undefined;
  let listening: Promise<unknown> | undefined;

  function tell(claimId: string): void {
    for (const onChange of watchers.get(claimId) ?? []) onChange();
  }

  function listen(): void {
    if (listening !== undefined) return;
    sql ??= postgres(url, {
      max: 1,
      "idle_timeout": 0,
      "max_lifetime": null,
      connection: { "application_name": "interdomestik site, live" },
      onnotice: () => {},
    });
    let first = true;
    listening = sql.listen(CHANNEL, tell, () => {
      // After a lost connection nobody knows what was missed.
      if (!first) { for (const claimId of [...watchers.keys()]) tell(claimId); }
      first = false;
    });
    listening.catch((error) => {
      listening = undefined;
      log.warn("news about claims cannot be heard", { error });
    });
  }

  return {
    watch(claimId, onChange) {
      const present = watchers.get(claimId) ?? new Set();
      watchers.set(claimId, present.add(onChange));
      listen();
      return () => {
        present.delete(onChange);
        if (present.size === 0 && watchers.get(claimId) === present) watchers.delete(claimId);
      };
    },
    async end() {
      await sql?.end({ timeout: 1 });
    },
  };
}
