import type { Delivery } from "./delivery.ts";
import type { Catalogue } from "./entities/catalogue.ts";
import type { Subscription } from "./entities/subscription.ts";
import type { Transaction } from "./entities/transaction.ts";
import type { PaddleIds } from "./ids.ts";
import { Moments } from "./moments.ts";
import { notFound } from "./paddle_error.ts";
import type { Notification, PaddleEvent, PaddleState } from "./state.ts";
import { toWire } from "./wire.ts";

/** What every act of the simulator works with. */
export interface Simulation {
  state: PaddleState;
  catalogue: Catalogue;
  ids: PaddleIds;
  delivery: Delivery;
  /** The simulated present. */
  clock(): Date;
  /** Address of the shop. */
  siteUrl: string;
  /** Address of the simulator, for links. */
  publicUrl: string;
}

/**
 * The moments of an act.
 *
 * @param simulation Gives the present, unless another time is asked for.
 * @param at A time to travel to, or undefined.
 */
export function momentsOf(simulation: Simulation, at?: Date): Moments {
  return new Moments(at ?? simulation.clock());
}

/**
 * Records that something happened and sets out to deliver it.
 *
 * @param simulation Where.
 * @param eventType For example `subscription.created`.
 * @param entity What it happened to, as it is now.
 * @param thread Events of one thread are delivered in order.
 * @param occurredAt RFC 3339.
 */
export function publish(
  simulation: Simulation,
  eventType: string,
  entity: unknown,
  thread: string,
  occurredAt: string,
): void {
  const event: PaddleEvent = {
    eventId: simulation.ids.next("evt"),
    eventType,
    occurredAt,
    data: toWire(entity),
    thread,
  };
  simulation.state.events.push(event);
  notify(simulation, event, "event");
}

/**
 * Makes a notification of an event and sends it.
 *
 * @param simulation Where.
 * @param event What happened.
 * @param origin Whether it just happened or is told again.
 */
export function notify(
  simulation: Simulation,
  event: PaddleEvent,
  origin: Notification["origin"],
): Notification {
  const notification: Notification = {
    id: simulation.ids.next("ntf"),
    eventId: event.eventId,
    status: "not_attempted",
    origin,
    attempts: [],
    deliveredAt: null,
    replayedAt: null,
    retryAt: null,
  };
  simulation.state.notifications.push(notification);
  simulation.delivery.enqueue(notification);
  return notification;
}

/**
 * Stores a transaction and tells of it.
 *
 * @param simulation Where.
 * @param transaction As it is from now on, but for `updatedAt`.
 * @param moments When.
 * @param eventTypes Without the `transaction.` in front, in the order they are told.
 * @returns What was stored.
 */
export function putTransaction(
  simulation: Simulation,
  transaction: Transaction,
  moments: Moments,
  ...eventTypes: string[]
): Transaction {
  const stored = { ...transaction, updatedAt: moments.next() };
  simulation.state.transactions[stored.id] = stored;
  const { thread } = transactionNote(simulation, stored.id);
  for (const eventType of eventTypes) {
    publish(simulation, `transaction.${eventType}`, stored, thread, moments.next());
  }
  return stored;
}

/**
 * Stores a subscription and tells of it.
 *
 * @param simulation Where.
 * @param subscription As it is from now on, but for `updatedAt`.
 * @param moments When.
 * @param eventTypes Without the `subscription.` in front, in the order they are told.
 * @returns What was stored.
 */
export function putSubscription(
  simulation: Simulation,
  subscription: Subscription,
  moments: Moments,
  ...eventTypes: string[]
): Subscription {
  const stored = { ...subscription, updatedAt: moments.next() };
  simulation.state.subscriptions[stored.id] = stored;
  const { thread } = subscriptionNote(simulation, stored.id);
  for (const eventType of eventTypes) {
    publish(simulation, `subscription.${eventType}`, stored, thread, moments.next());
  }
  return stored;
}

/**
 * A transaction by id.
 *
 * @throws {PaddleError} `not_found`.
 */
export function transactionOf(simulation: Simulation, id: string): Transaction {
  return simulation.state.transactions[id] ?? notFound("transaction", id);
}

/**
 * A subscription by id.
 *
 * @throws {PaddleError} `not_found`.
 */
export function subscriptionOf(simulation: Simulation, id: string): Subscription {
  return simulation.state.subscriptions[id] ?? notFound("subscription", id);
}

/** What the simulator knows besides of a transaction. */
export function transactionNote(simulation: Simulation, id: string) {
  return simulation.state.transactionNotes[id] ?? notFound("transaction", id);
}

/** What the simulator knows besides of a subscription. */
export function subscriptionNote(simulation: Simulation, id: string) {
  return simulation.state.subscriptionNotes[id] ?? notFound("subscription", id);
}
