/** Delivers events as Resend does by svix: signed, and again after a pause until they are taken. */
import { signDelivery } from "@core/platform/webhook_signature.ts";
import type { MailEvent } from "./events.ts";

/** Where events go. */
export interface WebhookTarget {
  readonly url: string;
  /** Signing secret, `whsec_…`. */
  readonly secret: string;
  /** Pauses between tries in milliseconds; by default the first of Resend's. */
  readonly retrySchedule?: readonly number[];
}

/** Resend goes on for a day and more; a developer's machine is not off for that long. */
const SCHEDULE = [5_000, 5 * 60_000, 30 * 60_000];
const TIMEOUT = 15_000;
/** Deliveries under way at once; a batch of mails makes hundreds of events. */
const AT_ONCE = 4;

interface Delivery {
  readonly id: string;
  readonly body: Uint8Array<ArrayBuffer>;
  attempts: number;
}

/** Deliveries to one target. What waits is forgotten when the inbox stops. */
export class WebhookDeliveries {
  readonly #waiting: Delivery[][] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #stopping = new AbortController();
  readonly #workers = new Set<Promise<void>>();
  #idle: PromiseWithResolvers<void> | undefined;

  /**
   * @param target Where events go.
   * @param now Milliseconds since 1970.
   */
  constructor(private readonly target: WebhookTarget, private readonly now: () => number) {}

  /**
   * Delivers events, in order as far as they are taken at the first try.
   *
   * @param events The events of one mail.
   */
  enqueue(events: readonly MailEvent[]): void {
    this.#waiting.push(events.map((event) => ({
      id: `msg_${crypto.randomUUID().replaceAll("-", "")}`,
      body: new TextEncoder().encode(JSON.stringify(event)),
      attempts: 0,
    })));
    this.#work();
  }

  /** Resolves when nothing is on its way or waiting to be tried again. */
  async settled(): Promise<void> {
    if (this.#isIdle()) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Ends everything under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.length = 0;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#workers);
    this.#tellIfIdle();
  }

  #work(): void {
    while (this.#workers.size < Math.min(AT_ONCE, this.#waiting.length)) {
      const worker: Promise<void> = this.#drain().finally(() => {
        this.#workers.delete(worker);
        this.#tellIfIdle();
      });
      this.#workers.add(worker);
    }
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      for (const delivery of next) {
        const isTaken = await this.#send(delivery);
        if (!isTaken && !this.#stopping.signal.aborted) this.#retryLater(delivery);
      }
    }
  }

  #retryLater(delivery: Delivery): void {
    const pause = (this.target.retrySchedule ?? SCHEDULE)[delivery.attempts - 1];
    if (pause === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#waiting.push([delivery]);
      this.#work();
    }, pause);
    this.#timers.add(timer);
  }

  async #send(delivery: Delivery): Promise<boolean> {
    delivery.attempts++;
    const timestamp = String(Math.floor(this.now() / 1_000));
    const { id, body } = delivery;
    try {
      const response = await fetch(this.target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "Svix-Webhooks",
          "svix-id": id,
          "svix-timestamp": timestamp,
          "svix-signature": await signDelivery(this.target.secret, { id, timestamp }, body),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT), this.#stopping.signal]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  #isIdle(): boolean {
    return this.#workers.size + this.#waiting.length + this.#timers.size === 0;
  }

  #tellIfIdle(): void {
    if (!this.#isIdle()) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
