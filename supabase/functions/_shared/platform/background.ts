/** Work that goes on after an answer was given, so that the answer's time tells nothing of it. */
import type { Logger } from "./logger.ts";

/** Does work after an answer. */
export interface Background {
  /**
   * Begins some work and does not wait for it. What it throws is logged.
   *
   * @param what A name for the log.
   * @param work The work; it starts after the caller has gone on.
   */
  run(what: string, work: () => Promise<unknown>): void;
  /** Resolves when everything that was begun has ended; for shutting down, and for tests. */
  settled(): Promise<void>;
}

/** Hosted Supabase ends a worker with its last answer unless it is told to wait. */
interface Runtime {
  readonly EdgeRuntime?: { waitUntil(work: Promise<unknown>): void };
}

/**
 * Prepares doing work in the background.
 *
 * @param log Told of what fails.
 */
export function startBackground(log: Logger): Background {
  const open = new Set<Promise<void>>();
  return {
    run(what, work) {
      const done = Promise.resolve().then(work).then(
        () => {},
        (error) => log.error(`${what} failed after the answer`, { error }),
      );
      open.add(done);
      void done.finally(() => open.delete(done));
      (globalThis as Runtime).EdgeRuntime?.waitUntil(done);
    },
    async settled() {
      while (open.size > 0) await Promise.all(open);
    },
  };
}
