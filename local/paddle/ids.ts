const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * Makes ids in Paddle's style: a prefix and a ULID in lower case, 26 characters, which sort in the
 * order they were made even within one millisecond.
 */
export class PaddleIds {
  #lastMs = 0;
  #lastRandom = 0n;

  /** @param now Milliseconds since 1970. */
  constructor(private readonly now: () => number) {}

  /**
   * The next id.
   *
   * @param prefix What it names, such as `txn` or `evt`.
   * @returns For example `txn_01kb3q7m5x8y2z4w6v9t1r3n5p`.
   */
  next(prefix: string): string {
    const ms = Math.max(this.now(), this.#lastMs);
    this.#lastRandom = ms === this.#lastMs ? this.#lastRandom + 1n : random80();
    this.#lastMs = ms;
    return `${prefix}_${base32(BigInt(ms), 10)}${base32(this.#lastRandom, 16)}`;
  }
}

function random80(): bigint {
  // The top bit stays clear, so that counting up never runs out of the 80 bits.
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) & ((1n << 79n) - 1n);
}

function base32(value: bigint, length: number): string {
  return Array.from(
    { length },
    (_, i) => alphabet.charAt(Number((value >> BigInt(5 * (length - 1 - i))) & 31n)),
  ).join("");
}
