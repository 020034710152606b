import { dirname } from "node:path";
import type { Adjustment } from "./entities/adjustment.ts";
import type { Address, Customer, PaymentMethod } from "./entities/customer.ts";
import type { Subscription } from "./entities/subscription.ts";
import type { Transaction } from "./entities/transaction.ts";
import type { CardKey } from "./test_cards.ts";

/** Something that happened, as `GET /events` tells it. */
export interface PaddleEvent {
  /** `evt_…` */
  eventId: string;
  eventType: string;
  /** RFC 3339. */
  occurredAt: string;
  /** The entity as it was at that moment, in wire form. */
  data: unknown;
  /** Events of one thread are delivered one after the other. */
  thread: string;
}

/** One try to deliver a notification. */
export interface Attempt {
  at: string;
  /** HTTP status, null when there was no answer. */
  status: number | null;
  ms: number;
  /** What went wrong, or the start of the answer's body. */
  note: string;
}

/** An event on its way to the webhook. */
export interface Notification {
  /** `ntf_…` */
  id: string;
  eventId: string;
  status: "not_attempted" | "needs_retry" | "delivered" | "failed";
  origin: "event" | "replay";
  attempts: Attempt[];
  deliveredAt: string | null;
  replayedAt: string | null;
  retryAt: string | null;
}

/** What the simulator knows of a transaction that Paddle's entity does not show. */
export interface TransactionNote {
  /** Where the shop wants the buyer back, without `/done`. */
  returnUrl: string | null;
  thread: string;
  /** Country that the tax is reckoned for. */
  country: string;
}

/** What the simulator knows of a subscription that Paddle's entity does not show. */
export interface SubscriptionNote {
  thread: string;
  returnUrl: string | null;
  country: string;
  card: CardKey;
  cardholderName: string;
  paymentMethodId: string;
  /** Charges put off until the next renewal: price and minor units, negative for a credit. */
  deferred: { priceId: string; unitAmount: number }[];
}

/** Everything that outlives a restart. */
export interface PaddleState {
  version: 1;
  customers: Record<string, Customer>;
  addresses: Record<string, Address>;
  paymentMethods: Record<string, PaymentMethod>;
  transactions: Record<string, Transaction>;
  subscriptions: Record<string, Subscription>;
  adjustments: Record<string, Adjustment>;
  transactionNotes: Record<string, TransactionNote>;
  subscriptionNotes: Record<string, SubscriptionNote>;
  events: PaddleEvent[];
  notifications: Notification[];
  nextInvoice: number;
  /** Signs the links of portal sessions and invoices. */
  linkSecret: string;
}

const keptEvents = 3_000;

/** A state in which nothing has happened. */
export function emptyState(): PaddleState {
  return {
    version: 1,
    customers: {},
    addresses: {},
    paymentMethods: {},
    transactions: {},
    subscriptions: {},
    adjustments: {},
    transactionNotes: {},
    subscriptionNotes: {},
    events: [],
    notifications: [],
    nextInvoice: 1001,
    linkSecret: crypto.getRandomValues(new Uint8Array(24)).toHex(),
  };
}

/** Keeps the state in a file: written whole, put in place by a rename. */
export class StateFile {
  #writing: Promise<void> | null = null;
  #again = false;
  #dirty = false;

  private constructor(readonly path: string | null, readonly state: PaddleState) {}

  /**
   * Opens the file.
   *
   * @param path JSON file, or null to keep the state in memory only.
   * @returns The file with its state; an empty one if there is no file yet.
   * @throws {Error} When the file holds something else.
   */
  static async open(path: string | null): Promise<StateFile> {
    if (path === null) return new StateFile(null, emptyState());
    await Deno.mkdir(dirname(path), { recursive: true });
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new StateFile(path, emptyState());
      throw error;
    }
    const state = JSON.parse(text) as PaddleState;
    if (state.version !== 1) throw new Error(`${path} is not a state of the Paddle simulator`);
    return new StateFile(path, state);
  }

  /** Says that the state has changed; the next {@link saved} writes it. */
  touch(): void {
    this.#dirty = true;
  }

  /** Resolves when every change made so far is in the file. Changes made meanwhile share a write. */
  async saved(): Promise<void> {
    if (this.path === null || (!this.#dirty && this.#writing === null)) return;
    if (this.#writing !== null) {
      if (!this.#dirty) return await this.#writing;
      this.#again = true;
      return await this.#writing;
    }
    this.#writing = this.#write(this.path);
    try {
      await this.#writing;
    } catch (error) {
      this.#dirty = true;
      throw error;
    } finally {
      this.#writing = null;
    }
  }

  async #write(path: string): Promise<void> {
    do {
      this.#again = false;
      this.#dirty = false;
      forgetOldEvents(this.state);
      const temporary = `${path}.new`;
      await Deno.writeTextFile(temporary, JSON.stringify(this.state), { mode: 0o600 });
      await Deno.rename(temporary, path);
    } while (this.#again);
  }
}

function forgetOldEvents(state: PaddleState): void {
  if (state.events.length <= keptEvents) return;
  state.events = state.events.slice(-keptEvents);
  const kept = new Set(state.events.map((event) => event.eventId));
  state.notifications = state.notifications.filter((one) => kept.has(one.eventId));
}
