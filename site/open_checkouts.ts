/** Keeps a doubled press of "buy" from opening two checkouts. */
import type { Checkout } from "@core/billing/paddle_api.ts";
import type { Clock } from "@core/platform/clock.ts";
import { config } from "../fresh.config.ts";

interface Opening {
  readonly checkout: Promise<Checkout>;
  readonly openedAt: number;
}

/** The checkouts of the last seconds, by buyer and plan. */
export class OpenCheckouts {
  readonly #clock: Clock;
  readonly #openings = new Map<string, Opening>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Opens a checkout, or answers with the one that the same press opened a moment ago.
   *
   * @param key Names buyer, plan and address of return.
   * @param open Opens a new checkout.
   */
  once(key: string, open: () => Promise<Checkout>): Promise<Checkout> {
    const now = this.#clock.now();
    for (const [old, { openedAt }] of this.#openings) {
      if (openedAt + config.checkout.sameFor < now) this.#openings.delete(old);
    }
    const present = this.#openings.get(key);
    if (present) return present.checkout;
    const checkout = open();
    this.#openings.set(key, { checkout, openedAt: now });
    checkout.catch(() => this.#openings.delete(key));
    return checkout;
  }
}
