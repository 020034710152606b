import { timestamp } from "./moments.ts";
import { paddleSignature } from "./signature.ts";
import type { Attempt, Notification, PaddleEvent } from "./state.ts";

/** Where and how events are delivered; may be changed while the simulator runs. */
export interface WebhookSettings {
  url: string;
  /** One, or several while a secret is being replaced. */
  secrets: string[];
  /** While true nothing is sent; what waits is sent when it becomes false. */
  paused: boolean;
  /** `sequential` sends the events of one subscription in order, `parallel` all at once. */
  order: "sequential" | "parallel";
}

/** What delivery stands on. */
export interface DeliveryParts {
  settings: WebhookSettings;
  eventOf(notification: Notification): PaddleEvent | undefined;
  /** Pauses between tries in milliseconds; as many retries as there are entries. */
  retrySchedule: number[];
  /** Milliseconds that an answer may take; Paddle allows five seconds. */
  timeoutMs: number;
  /** Real time in milliseconds since 1970: signatures are checked against the receiver's clock. */
  now: () => number;
  fetch: typeof fetch;
  /** Told after each change of a notification. */
  changed(): void;
  /** Told when nothing is on its way any more. */
  idle(): void;
}

/**
 * Delivers notifications as Paddle does: signed, five seconds to answer 2xx, otherwise again after a
 * growing pause with the same body and a fresh signature. The first tries of a thread go one after
 * the other; a retry holds nobody up.
 */
export class Delivery {
  #threads = new Map<string, Promise<void>>();
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #stopping = new AbortController();
  #underway = 0;
  #waiters: (() => void)[] = [];

  /** @param parts Settings, schedule and clock. */
  constructor(private readonly parts: DeliveryParts) {}

  /**
   * Sends a notification as soon as its thread allows.
   *
   * @param notification One that was not attempted yet, or needs a retry.
   */
  enqueue(notification: Notification): void {
    const { settings } = this.parts;
    const event = this.parts.eventOf(notification);
    if (settings.paused || event === undefined) return;
    this.#underway++;
    const before = settings.order === "sequential"
      ? this.#threads.get(event.thread) ?? Promise.resolve()
      : Promise.resolve();
    const mine = before.then(() => this.#attempt(notification, event)).finally(() => {
      this.#finished();
      if (this.#threads.get(event.thread) === mine) this.#threads.delete(event.thread);
    });
    this.#threads.set(event.thread, mine);
  }

  /**
   * Takes up what a pause or a restart left undelivered.
   *
   * @param notifications All that are known, oldest first.
   */
  resume(notifications: Notification[]): void {
    for (const notification of notifications) {
      if (notification.status === "not_attempted" || notification.status === "needs_retry") {
        this.enqueue(notification);
      }
    }
  }

  /** Whether nothing is on its way or waiting for a retry. */
  get idle(): boolean {
    return this.#underway === 0;
  }

  /** Resolves when every notification is delivered, given up or paused. */
  async settled(): Promise<void> {
    if (!this.idle) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Forgets waiting retries; they stay in the state and are taken up by {@link resume}. */
  drop(): void {
    for (const timer of this.#timers) {
      clearTimeout(timer);
      this.#finished();
    }
    this.#timers.clear();
  }

  /** Ends everything underway. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.drop();
    await Promise.all(this.#threads.values());
  }

  async #attempt(notification: Notification, event: PaddleEvent): Promise<void> {
    if (
      this.#stopping.signal.aborted || this.parts.settings.paused ||
      notification.status === "delivered"
    ) return;
    const attempt = await this.#send(notification, event);
    if (this.#stopping.signal.aborted) return;
    notification.attempts.push(attempt);
    notification.retryAt = null;
    if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
      notification.status = "delivered";
      notification.deliveredAt = attempt.at;
    } else {
      this.#retryLater(notification);
    }
    this.parts.changed();
  }

  #retryLater(notification: Notification): void {
    const pause = this.parts.retrySchedule[notification.attempts.length - 1];
    if (pause === undefined) {
      notification.status = "failed";
      return;
    }
    notification.status = "needs_retry";
    notification.retryAt = timestamp(new Date(this.parts.now() + pause));
    this.#underway++;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const event = this.parts.eventOf(notification);
      const attempt = event === undefined ? Promise.resolve() : this.#attempt(notification, event);
      void attempt.finally(() => this.#finished());
    }, pause);
    this.#timers.add(timer);
  }

  async #send(notification: Notification, event: PaddleEvent): Promise<Attempt> {
    const { settings, now } = this.parts;
    const started = now();
    const at = timestamp(new Date(started));
    const body = notificationBody(notification, event);
    try {
      const response = await this.parts.fetch(settings.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "Paddle",
          "paddle-signature": await paddleSignature(
            body,
            settings.secrets,
            Math.floor(started / 1000),
          ),
          "paddle-version": "1",
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([
          AbortSignal.timeout(this.parts.timeoutMs),
          this.#stopping.signal,
        ]),
      });
      const text = await response.text();
      return { at, status: response.status, ms: now() - started, note: text.slice(0, 500) };
    } catch (error) {
      const note = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { at, status: null, ms: now() - started, note: note.slice(0, 500) };
    }
  }

  #finished(): void {
    this.#underway--;
    if (this.#underway > 0) return;
    this.parts.idle();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}

/**
 * The body that a notification carries, the same at every try.
 *
 * @param notification The delivery.
 * @param event What it tells of.
 */
export function notificationBody(notification: Notification, event: PaddleEvent): string {
  return JSON.stringify({
    "event_id": event.eventId,
    "event_type": event.eventType,
    "occurred_at": event.occurredAt,
    "notification_id": notification.id,
    "data": event.data,
  });
}
