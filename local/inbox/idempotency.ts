import type { Message } from "./message.ts";
import { ResendError } from "./resend_error.ts";

const keptMs = 24 * 60 * 60 * 1000;

interface Remembered {
  requestHash: string;
  /** Null while the first request is still being worked on. */
  answer: unknown;
  since: number;
}

/** What Resend remembers of an `Idempotency-Key`: for 24 hours, the request and its answer. */
export class IdempotencyKeys {
  #remembered = new Map<string, Remembered>();

  /** @param now Milliseconds since 1970. */
  constructor(private readonly now: () => number) {}

  /**
   * Learns the keys of an earlier run from the messages it stored.
   *
   * @param messages Stored messages, oldest first.
   */
  restore(messages: readonly Message[]): void {
    const batches = Map.groupBy(
      messages.filter((message) => message.idempotencyKey !== null),
      (message) => message.idempotencyKey ?? "",
    );
    for (const [key, [first, ...others]] of batches) {
      if (first === undefined || first.requestHash === null) continue;
      const ids = [first, ...others].map(({ id }) => ({ id }));
      this.#remembered.set(key, {
        requestHash: first.requestHash,
        answer: first.requestHash.startsWith("batch:") ? { data: ids } : { id: first.id },
        since: Date.parse(first.createdAt),
      });
    }
  }

  /**
   * Runs the work once for a key: a repetition gets the first answer.
   *
   * @param key The header's value, null when there was none.
   * @param requestHash Stands for the request's path and body.
   * @param work Accepts the mail and makes the answer.
   * @returns The answer, new or remembered.
   * @throws {ResendError} `invalid_idempotency_key`, `invalid_idempotent_request` (same key, other
   * body) or `concurrent_idempotent_requests` (the first one is not finished).
   */
  async once(
    key: string | null,
    requestHash: string,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    if (key === null) return await work();
    if (key.length < 1 || key.length > 256) {
      throw new ResendError("invalid_idempotency_key", "The key must be between 1-256 chars.");
    }
    const known = this.#recall(key);
    if (known !== undefined) {
      if (known.requestHash !== requestHash) {
        throw new ResendError(
          "invalid_idempotent_request",
          "Same idempotency key used with a different request payload.",
        );
      }
      if (known.answer === null) {
        throw new ResendError(
          "concurrent_idempotent_requests",
          "Same idempotency key used while original request is still in progress.",
        );
      }
      return known.answer;
    }
    const entry: Remembered = { requestHash, answer: null, since: this.now() };
    this.#remembered.set(key, entry);
    try {
      entry.answer = await work();
      return entry.answer;
    } catch (error) {
      this.#remembered.delete(key);
      throw error;
    }
  }

  #recall(key: string): Remembered | undefined {
    const known = this.#remembered.get(key);
    if (known === undefined || this.now() - known.since < keptMs) return known;
    this.#remembered.delete(key);
    return undefined;
  }
}
