import type { Subscription } from "../entities/subscription.ts";
import { type Simulation, subscriptionNote } from "../simulation.ts";
import { testCards } from "../test_cards.ts";
import { Act, EventTable, Facts, State, When } from "./console_parts.tsx";
import { formatMoney } from "./languages.ts";

/** One subscription: what it is, what can happen to it, what has. */
export function SubscriptionPage(
  { simulation, subscription }: { simulation: Simulation; subscription: Subscription },
) {
  const { state, catalogue } = simulation;
  const note = subscriptionNote(simulation, subscription.id);
  const customer = state.customers[subscription.customerId];
  const period = subscription.currentBillingPeriod;
  const current = new Set(subscription.items.map((item) => item.price.id));
  const tenant = catalogue.tenantOf.get(subscription.items[0]?.price.id ?? "");
  const otherPlans = [...catalogue.prices.values()].filter((price) =>
    !current.has(price.id) && catalogue.tenantOf.get(price.id) === tenant
  );
  const base = `/subscriptions/${subscription.id}`;
  const { status } = subscription;
  return (
    <>
      <section class="card" aria-labelledby="subscription">
        <h2 id="subscription">
          {subscription.items.map((item) => item.product.name).join(", ")} <State of={status} />
        </h2>
        <Facts
          of={{
            Subscription: <code>{subscription.id}</code>,
            Customer: `${customer?.name ?? ""} ${customer?.email ?? subscription.customerId}`,
            Period: period === null ? null : (
              <>
                <When at={period.startsAt} /> to <When at={period.endsAt} />
              </>
            ),
            "Next charge": <When at={subscription.nextBilledAt} />,
            Scheduled: subscription.scheduledChange === null ? null : (
              <>
                {subscription.scheduledChange.action} on{" "}
                <When at={subscription.scheduledChange.effectiveAt} />
              </>
            ),
            Card: `•••• ${testCards[note.card].number.slice(-4)}${
              testCards[note.card].renewalError === null ? "" : ", fails at renewal"
            }`,
            "Custom data": <code>{JSON.stringify(subscription.customData)}</code>,
          }}
        />
        <div class="acts">
          {status === "active" && (
            <>
              <Act
                to={`${base}/renew`}
                label="End the period, charge works"
                fields={{ outcome: "paid" }}
              />
              <Act
                to={`${base}/renew`}
                label="End the period, charge fails"
                fields={{ outcome: "failed" }}
              />
            </>
          )}
          {status === "past_due" && (
            <>
              <Act
                to={`${base}/recover`}
                label="Charge again, works"
                fields={{ outcome: "paid" }}
              />
              <Act
                to={`${base}/recover`}
                label="Charge again, fails"
                fields={{ outcome: "failed" }}
              />
            </>
          )}
          {status === "paused" && (
            <Act to={`${base}/resume`} label="Resume" fields={{ outcome: "paid" }} />
          )}
          {status === "active" && subscription.scheduledChange === null && (
            <>
              <Act
                to={`${base}/pause`}
                label="Pause now"
                fields={{ effective_from: "immediately" }}
              />
              <Act to={`${base}/cancel`} label="Cancel at period end" />
              {otherPlans.map((price) => (
                <Act
                  key={price.id}
                  to={`${base}/plan`}
                  label={`Change to ${price.name}`}
                  fields={{ price_id: price.id }}
                />
              ))}
            </>
          )}
          {subscription.scheduledChange !== null && (
            <Act to={`${base}/withdraw`} label="Take the scheduled change back" />
          )}
          {status !== "canceled" && (
            <Act
              to={`${base}/cancel`}
              label="Cancel now"
              fields={{ effective_from: "immediately" }}
              danger
            />
          )}
        </div>
      </section>
      <section class="card" aria-labelledby="charges">
        <h2 id="charges">Charges</h2>
        <ul class="plain">
          {Object.values(state.transactions)
            .filter((one) => one.subscriptionId === subscription.id)
            .toReversed()
            .map((one) => (
              <li key={one.id}>
                <a href={`/console/transactions/${one.id}`}>
                  <When at={one.billedAt ?? one.createdAt} />
                </a>{" "}
                {formatMoney(one.details.totals.grandTotal, one.currencyCode)}{" "}
                <State of={one.status} />
              </li>
            ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="events">
        <h2 id="events">Events</h2>
        <EventTable
          events={state.events.filter((event) => event.thread === note.thread).toReversed()}
          notifications={state.notifications}
        />
      </section>
    </>
  );
}
