/** A membership as Paddle tells of it, at times that the test chooses. */
import { paddleId } from "../functions/paddle_payloads.ts";
import { priceId } from "../storm/member_life.ts";
import {
  subscriptionEntity,
  transactionEntity,
  type WireEvent,
  type WireSubscription,
  type WireTransaction,
} from "../storm/paddle_wire.ts";
import { daysLater, wireTime } from "../storm/wire_clock.ts";

/** Whose membership it is. */
export interface Buyer {
  readonly id: string;
  readonly tenantId: "ks" | "mk";
}

/** One membership from its purchase on; each act gives the events that tell of it, in order. */
export class Membership {
  readonly #buyer: Buyer;
  readonly #customerId = paddleId("ctm");
  #subscription: WireSubscription;

  constructor(buyer: Buyer) {
    this.#buyer = buyer;
    this.#subscription = {
      id: paddleId("sub"),
      customerId: this.#customerId,
      customData: this.#customData(),
      priceId: priceId(buyer.tenantId, "standard"),
      status: "active",
      startedAt: "",
      period: null,
      scheduledAction: null,
      pausedAt: null,
      canceledAt: null,
    };
  }

  /** Paddle's id. */
  get id(): string {
    return this.#subscription.id;
  }

  /** All times in milliseconds since 1970. */
  buys(at: number): WireEvent[] {
    const startedAt = timeOf(at);
    this.#subscription = { ...this.#subscription, startedAt, period: yearFrom(startedAt) };
    return [
      this.#tell("subscription.created", at),
      this.#tell("subscription.activated", at),
      this.#charge("transaction.completed", "api", at + 1_000),
    ];
  }

  /** A charge in the middle of the year, for another plan, say. */
  failsToPay(at: number): WireEvent[] {
    this.#subscription = { ...this.#subscription, status: "past_due" };
    return [
      this.#charge("transaction.payment_failed", "subscription_update", at),
      this.#tell("subscription.updated", at),
      this.#tell("subscription.past_due", at + 1_000),
    ];
  }

  /** Paddle tries again by itself. */
  failsAgain(at: number): WireEvent[] {
    return [this.#charge("transaction.payment_failed", "subscription_update", at)];
  }

  pays(at: number): WireEvent[] {
    this.#subscription = { ...this.#subscription, status: "active" };
    return [
      this.#charge("transaction.completed", "subscription_update", at),
      this.#tell("subscription.updated", at + 1_000),
    ];
  }

  renews(at: number): WireEvent[] {
    this.#subscription = { ...this.#subscription, period: yearFrom(timeOf(at)) };
    return [
      this.#tell("subscription.updated", at),
      this.#charge("transaction.completed", "subscription_recurring", at + 1_000),
    ];
  }

  /** At once, or with the paid period still to run. */
  cancels(at: number): WireEvent[] {
    const canceledAt = timeOf(at);
    this.#subscription = { ...this.#subscription, status: "canceled", canceledAt, period: null };
    return [this.#tell("subscription.canceled", at)];
  }

  pauses(at: number): WireEvent[] {
    const pausedAt = timeOf(at);
    this.#subscription = { ...this.#subscription, status: "paused", pausedAt, period: null };
    return [this.#tell("subscription.paused", at)];
  }

  #customData() {
    return { "user_id": this.#buyer.id, "tenant_id": this.#buyer.tenantId };
  }

  #tell(type: string, at: number): WireEvent {
    const time = timeOf(at);
    const data = subscriptionEntity(this.#subscription, time);
    return { eventId: paddleId("evt"), type, occurredAt: time, data };
  }

  #charge(type: string, origin: WireTransaction["origin"], at: number): WireEvent {
    const time = timeOf(at);
    const isPaid = type === "transaction.completed";
    const data = transactionEntity({
      id: paddleId("txn"),
      status: isPaid ? "completed" : "past_due",
      origin,
      customerId: this.#customerId,
      customData: this.#customData(),
      subscriptionId: this.#subscription.id,
      priceId: this.#subscription.priceId,
      period: this.#subscription.period,
      subtotal: 1695,
      discount: 0,
      tax: 305,
      billedAt: isPaid ? time : null,
      invoiceNumber: null,
    }, time);
    return { eventId: paddleId("evt"), type, occurredAt: time, data };
  }
}

function timeOf(milliseconds: number): string {
  return wireTime(BigInt(Math.floor(milliseconds)) * 1_000n);
}

function yearFrom(startsAt: string) {
  return { startsAt, endsAt: daysLater(startsAt, 365) };
}
