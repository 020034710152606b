import type { WebhookSettings } from "../delivery.ts";
import type { Simulation } from "../simulation.ts";
import { Act, EventTable, short, State, When } from "./console_parts.tsx";
import { formatMoney } from "./languages.ts";

const shownEvents = 60;

/** The console's first page: where events go, subscriptions, transactions, events. */
export function OverviewPage(
  { simulation, webhook, clientToken }: {
    simulation: Simulation;
    webhook: WebhookSettings;
    clientToken: string | null;
  },
) {
  const { state } = simulation;
  const waiting =
    state.notifications.filter((one) =>
      one.status === "not_attempted" || one.status === "needs_retry"
    ).length;
  return (
    <>
      <section aria-labelledby="webhook" class="card">
        <h2 id="webhook">Webhook</h2>
        <p>
          <code>{webhook.url}</code>{" "}
          {webhook.paused ? <State of="paused" /> : <State of="active" />}{" "}
          <span class="quiet">
            {webhook.order}, {waiting === 0 ? "nothing waiting" : `${waiting} waiting`}
          </span>
        </p>
        <div class="acts">
          <Act
            to="/webhook"
            label={webhook.paused ? "Deliver again" : "Pause deliveries"}
            fields={{ paused: String(!webhook.paused) }}
          />
          <Act
            to="/webhook"
            label={webhook.order === "sequential" ? "Deliver all at once" : "Deliver in order"}
            fields={{ order: webhook.order === "sequential" ? "parallel" : "sequential" }}
          />
        </div>
      </section>
      <Subscriptions simulation={simulation} />
      <Transactions simulation={simulation} />
      <section aria-labelledby="events" class="card">
        <h2 id="events">Events</h2>
        <EventTable
          events={state.events.slice(-shownEvents).toReversed()}
          notifications={state.notifications}
        />
      </section>
      <section aria-labelledby="catalogue" class="card">
        <h2 id="catalogue">Catalogue</h2>
        <ul class="plain">
          {[...simulation.catalogue.prices.values()].map((price) => (
            <li key={price.id}>
              <code>{price.id}</code> {price.name},{" "}
              {formatMoney(price.unitPrice.amount, price.unitPrice.currencyCode)} a{" "}
              {price.billingCycle?.interval}
            </li>
          ))}
        </ul>
        {clientToken !== null && (
          <p class="quiet">
            Client token <code>{clientToken}</code>
          </p>
        )}
      </section>
    </>
  );
}

function Subscriptions({ simulation }: { simulation: Simulation }) {
  const { state } = simulation;
  const subscriptions = Object.values(state.subscriptions).toReversed();
  return (
    <section aria-labelledby="subscriptions" class="card">
      <h2 id="subscriptions">Subscriptions</h2>
      {subscriptions.length === 0
        ? <p class="quiet">None yet. Buy something in the shop.</p>
        : (
          <div class="scroll" tabIndex={0} role="region" aria-label="Table of subscriptions">
            <table>
              <thead>
                <tr>
                  <th scope="col">Customer</th>
                  <th scope="col">Plan</th>
                  <th scope="col">State</th>
                  <th scope="col">Period ends (UTC)</th>
                </tr>
              </thead>
              <tbody>
                {subscriptions.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <a href={`/console/subscriptions/${one.id}`}>
                        {state.customers[one.customerId]?.email}
                      </a>
                    </td>
                    <td>{one.items.map((item) => item.product.name).join(", ")}</td>
                    <td>
                      <State of={one.status} />{" "}
                      {one.scheduledChange !== null && (
                        <span class="quiet">{one.scheduledChange.action} scheduled</span>
                      )}
                    </td>
                    <td>
                      <When at={one.currentBillingPeriod?.endsAt ?? null} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}

function Transactions({ simulation }: { simulation: Simulation }) {
  const { state } = simulation;
  const transactions = Object.values(state.transactions).slice(-20).toReversed();
  return (
    <section aria-labelledby="transactions" class="card">
      <h2 id="transactions">Latest transactions</h2>
      {transactions.length === 0
        ? <p class="quiet">None yet.</p>
        : (
          <div class="scroll" tabIndex={0} role="region" aria-label="Table of transactions">
            <table>
              <thead>
                <tr>
                  <th scope="col">Transaction</th>
                  <th scope="col">State</th>
                  <th scope="col" class="number">Total</th>
                  <th scope="col">Customer</th>
                  <th scope="col">Why</th>
                  <th scope="col">Made (UTC)</th>
                </tr>
              </thead>
              <tbody>
                {transactions.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <a href={`/console/transactions/${one.id}`}>
                        <code>{short(one.id)}</code>
                      </a>
                    </td>
                    <td>
                      <State of={one.status} />
                    </td>
                    <td class="number">
                      {formatMoney(one.details.totals.grandTotal, one.currencyCode)}
                    </td>
                    <td>{state.customers[one.customerId ?? ""]?.email ?? "–"}</td>
                    <td>{one.origin.replaceAll("_", " ")}</td>
                    <td>
                      <When at={one.createdAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}
