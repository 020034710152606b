import type { ComponentChild } from "preact";
import type { Notification, PaddleEvent } from "../state.ts";

/** What a form on the console sends to the control API. */
export function Act(
  { to, label, fields = {}, danger = false }: {
    to: string;
    label: string;
    fields?: Record<string, string>;
    danger?: boolean;
  },
) {
  return (
    <form method="post" action={`/sim${to}`}>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} key={name} />
      ))}
      <button type="submit" class={danger ? "small danger" : "small"}>{label}</button>
    </form>
  );
}

/** A state, coloured by how good it is. */
export function State({ of }: { of: string }) {
  const tone = ["active", "completed", "delivered", "approved", "paid"].includes(of)
    ? "good"
    : ["past_due", "failed", "rejected", "needs_retry"].includes(of)
    ? "bad"
    : ["canceled"].includes(of)
    ? "over"
    : "plain";
  return <span class={`state state-${tone}`}>{of.replaceAll("_", " ")}</span>;
}

/** A moment, to the second. */
export function When({ at }: { at: string | null }) {
  if (at === null) return <span class="quiet">–</span>;
  return <time dateTime={at}>{at.slice(0, 10)} {at.slice(11, 19)}</time>;
}

/** Names and values, one below the other. */
export function Facts({ of }: { of: Record<string, ComponentChild> }) {
  return (
    <dl class="facts">
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Events with what became of them. */
export function EventTable(
  { events, notifications }: { events: PaddleEvent[]; notifications: Notification[] },
) {
  if (events.length === 0) return <p class="quiet">Nothing has happened yet.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of events">
      <table>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Delivery</th>
            <th scope="col">About</th>
            <th scope="col">When (UTC)</th>
            <th scope="col">
              <span class="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => {
            const last = notifications.findLast((one) => one.eventId === event.eventId);
            return (
              <tr key={event.eventId}>
                <td>
                  <a href={`/console/events/${event.eventId}`}>{event.eventType}</a>
                </td>
                <td>
                  <DeliveryState notification={last} />
                </td>
                <td>
                  <Subject event={event} />
                </td>
                <td>
                  <When at={event.occurredAt} />
                </td>
                <td>
                  <Act to={`/events/${event.eventId}/redeliver`} label="Redeliver" />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** How a notification fared, in few words. */
export function DeliveryState({ notification }: { notification: Notification | undefined }) {
  if (notification === undefined) return <span class="quiet">–</span>;
  const last = notification.attempts.at(-1);
  return (
    <>
      <State of={notification.status} /> {last !== undefined && (
        <span class="quiet">
          {last.status ?? "no answer"}
          {notification.attempts.length > 1 && `, ${notification.attempts.length} tries`}
        </span>
      )}
    </>
  );
}

function Subject({ event }: { event: PaddleEvent }) {
  const id = (event.data as { id?: string }).id ?? "";
  const page = id.startsWith("sub_")
    ? "subscriptions"
    : id.startsWith("txn_")
    ? "transactions"
    : null;
  return page === null ? <code>{short(id)}</code> : (
    <a href={`/console/${page}/${id}`}>
      <code>{short(id)}</code>
    </a>
  );
}

/** The end of an id, which tells it from its neighbours. */
export function short(id: string): string {
  return id.length <= 14 ? id : `${id.split("_")[0]}_…${id.slice(-6)}`;
}
