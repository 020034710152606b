import type { Customer } from "../entities/customer.ts";
import type { Subscription } from "../entities/subscription.ts";
import type { Simulation } from "../simulation.ts";
import { Facts, State, When } from "./console_parts.tsx";
import { formatMoney } from "./languages.ts";

/** What a customer may do alone: see, cancel, keep, and change the card. */
export function PortalPage(
  { simulation, customer, token }: { simulation: Simulation; customer: Customer; token: string },
) {
  const subscriptions = Object.values(simulation.state.subscriptions)
    .filter((one) => one.customerId === customer.id)
    .toReversed();
  return (
    <>
      <header class="test-mode">Simulated Paddle customer portal for testing.</header>
      <main class="portal-main">
        <h1>Your subscriptions</h1>
        <p class="quiet">{customer.email}</p>
        {subscriptions.map((one) => <PortalSubscription key={one.id} of={one} token={token} />)}
        {subscriptions.length === 0 && <p>You have none.</p>}
      </main>
    </>
  );
}

function PortalSubscription({ of: subscription, token }: { of: Subscription; token: string }) {
  const base = `/portal/${subscription.customerId}/${subscription.id}`;
  const item = subscription.items[0];
  return (
    <section class="card" id={subscription.id} aria-labelledby={`${subscription.id}-name`}>
      <h2 id={`${subscription.id}-name`}>
        {item?.product.name} <State of={subscription.status} />
      </h2>
      <Facts
        of={{
          Price: item === undefined ? null : formatMoney(
            item.price.unitPrice.amount,
            item.price.unitPrice.currencyCode,
          ),
          "Next payment": <When at={subscription.nextBilledAt} />,
          Ends: <When at={subscription.scheduledChange?.effectiveAt ?? null} />,
        }}
      />
      {subscription.status !== "canceled" && (
        <div class="acts">
          <a class="small" href={`${base}/update-payment-method?token=${token}`}>Change card</a>
          {subscription.scheduledChange === null
            ? (
              <form method="post" action={`${base}/cancel?token=${token}`}>
                <button class="small danger" type="submit">Cancel at the end of the period</button>
              </form>
            )
            : (
              <form method="post" action={`${base}/keep?token=${token}`}>
                <button class="small" type="submit">Keep the subscription</button>
              </form>
            )}
        </div>
      )}
    </section>
  );
}
