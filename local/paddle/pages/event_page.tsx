import type { Simulation } from "../simulation.ts";
import type { PaddleEvent } from "../state.ts";
import { Act, Facts, State, When } from "./console_parts.tsx";

/** One event: every try to deliver it, and what it says. */
export function EventPage({ simulation, event }: { simulation: Simulation; event: PaddleEvent }) {
  const notifications = simulation.state.notifications
    .filter((one) => one.eventId === event.eventId)
    .toReversed();
  return (
    <>
      <section class="card" aria-labelledby="event">
        <h2 id="event">{event.eventType}</h2>
        <Facts
          of={{
            Event: <code>{event.eventId}</code>,
            "Occurred (UTC)": <When at={event.occurredAt} />,
          }}
        />
        <div class="acts">
          <Act to={`/events/${event.eventId}/redeliver`} label="Redeliver" />
          <Act
            to={`/events/${event.eventId}/redeliver`}
            label="Redeliver three times"
            fields={{ times: "3" }}
          />
        </div>
      </section>
      {notifications.map((one) => (
        <section class="card" aria-labelledby={one.id} key={one.id}>
          <h2 id={one.id}>
            Delivery <State of={one.status} />
          </h2>
          <p class="quiet">
            <code>{one.id}</code>
            {one.origin === "replay" && ", told again"}
            {one.retryAt !== null && (
              <>
                , next try <When at={one.retryAt} />
              </>
            )}
          </p>
          <ol class="plain">
            {one.attempts.map((attempt) => (
              <li key={attempt.at}>
                <When at={attempt.at} /> <strong>{attempt.status ?? "no answer"}</strong>{" "}
                <span class="quiet">{attempt.ms} ms</span> <code>{attempt.note}</code>
              </li>
            ))}
          </ol>
        </section>
      ))}
      <section class="card" aria-labelledby="data">
        <h2 id="data">Data</h2>
        <pre tabIndex={0}>{JSON.stringify(event.data, null, 2)}</pre>
      </section>
    </>
  );
}
