import { Hono } from "hono";
import { replay } from "../acts/replay.ts";
import { notificationBody } from "../delivery.ts";
import { notFound } from "../paddle_error.ts";
import type { Simulation } from "../simulation.ts";
import type { Notification } from "../state.ts";
import { type ApiEnv, paged, single, wanted } from "./respond.ts";

/** The one webhook destination that the simulator has. */
const notificationSettingId = "ntfset_01kb0000000000000000000000";

/** Notifications: read them and their attempts, replay one. */
export function notificationRoutes(simulation: Simulation): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();

  app.get("/", (c) => {
    const statuses = wanted(c, "status");
    const search = c.req.query("search") ?? "";
    const notifications = simulation.state.notifications.filter((one) =>
      (statuses?.includes(one.status) ?? true) &&
      (search === "" || JSON.stringify(shown(simulation, one)).includes(search))
    );
    return paged(c, notifications, ({ id }) => id, true, (one) => shown(simulation, one));
  });
  app.get("/:id", (c) => single(c, shown(simulation, find(c.req.param("id")))));
  app.get("/:id/logs", (c) => {
    const notification = find(c.req.param("id"));
    const logs = notification.attempts.map((attempt, index) => ({
      id: `ntflog_${notification.id.slice(4, -2)}${String(index).padStart(2, "0")}`,
      responseCode: attempt.status ?? 0,
      responseContentType: null,
      responseBody: attempt.note,
      attemptedAt: attempt.at,
    }));
    return paged(c, logs, ({ id }) => id, true);
  });
  app.post("/:id/replay", (c) => {
    const { id } = replay(simulation, find(c.req.param("id")));
    return single(c, { notificationId: id }, 202);
  });

  function find(id: string): Notification {
    return simulation.state.notifications.find((one) => one.id === id) ??
      notFound("notification", id);
  }
  return app;
}

/** What Paddle shows of a notification. */
function shown(simulation: Simulation, notification: Notification) {
  const event = simulation.state.events.find(({ eventId }) => eventId === notification.eventId);
  return {
    id: notification.id,
    type: event?.eventType ?? "",
    status: notification.status,
    payload: event === undefined ? null : JSON.parse(notificationBody(notification, event)),
    occurredAt: event?.occurredAt ?? null,
    deliveredAt: notification.deliveredAt,
    replayedAt: notification.replayedAt,
    origin: notification.origin,
    lastAttemptAt: notification.attempts.at(-1)?.at ?? null,
    retryAt: notification.retryAt,
    timesAttempted: notification.attempts.length,
    notificationSettingId,
  };
}
