import { PaddleError } from "../paddle_error.ts";
import { momentsOf, notify, type Simulation } from "../simulation.ts";
import type { Notification } from "../state.ts";
import { notFound } from "../paddle_error.ts";

/**
 * Tells an event again: a new notification of the same event.
 *
 * @param notification One that was delivered or given up.
 * @throws {PaddleError} `notification_replay_invalid_status` while it is still being tried.
 */
export function replay(simulation: Simulation, notification: Notification): Notification {
  if (notification.status !== "delivered" && notification.status !== "failed") {
    throw new PaddleError(
      "notification_replay_invalid_status",
      `Notification is ${notification.status}, it is still being delivered.`,
      409,
    );
  }
  notification.replayedAt = momentsOf(simulation).next();
  return notify(simulation, eventOf(simulation, notification.eventId), "replay");
}

/**
 * Tells an event again whatever became of it, as an operator may want.
 *
 * @throws {PaddleError} `not_found`.
 */
export function redeliver(simulation: Simulation, eventId: string): Notification {
  return notify(simulation, eventOf(simulation, eventId), "replay");
}

function eventOf(simulation: Simulation, eventId: string) {
  return simulation.state.events.find((event) => event.eventId === eventId) ??
    notFound("event", eventId);
}
