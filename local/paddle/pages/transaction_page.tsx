import { isPayable } from "../acts/checkout.ts";
import type { Transaction } from "../entities/transaction.ts";
import type { Simulation } from "../simulation.ts";
import { Act, Facts, short, State, When } from "./console_parts.tsx";
import { formatMoney } from "./languages.ts";

/** One transaction: sums, attempts to pay, money back. */
export function TransactionPage(
  { simulation, transaction }: { simulation: Simulation; transaction: Transaction },
) {
  const { state } = simulation;
  const { totals } = transaction.details;
  const money = (minor: string | null) =>
    minor === null ? null : formatMoney(minor, transaction.currencyCode);
  const adjustments = Object.values(state.adjustments)
    .filter((one) => one.transactionId === transaction.id);
  const base = `/transactions/${transaction.id}`;
  return (
    <>
      <section class="card" aria-labelledby="transaction">
        <h2 id="transaction">
          {money(totals.grandTotal)} <State of={transaction.status} />
        </h2>
        <Facts
          of={{
            Transaction: <code>{transaction.id}</code>,
            Why: transaction.origin.replaceAll("_", " "),
            Customer: state.customers[transaction.customerId ?? ""]?.email ?? null,
            Subscription: transaction.subscriptionId === null
              ? null
              : (
                <a href={`/console/subscriptions/${transaction.subscriptionId}`}>
                  <code>{short(transaction.subscriptionId)}</code>
                </a>
              ),
            Subtotal: money(totals.subtotal),
            Tax: money(totals.tax),
            "Paddle's fee": money(totals.fee),
            Earnings: money(totals.earnings),
            Invoice: transaction.invoiceNumber,
            "Custom data": <code>{JSON.stringify(transaction.customData)}</code>,
          }}
        />
        <div class="acts">
          {isPayable(transaction) && (
            <a class="small" href={`/checkout?_ptxn=${transaction.id}`}>Open the checkout</a>
          )}
          {transaction.status === "completed" && Number(totals.grandTotal) > 0 && (
            <>
              <Act to={`${base}/refund`} label="Refund all" danger />
              <Act
                to={`${base}/refund`}
                label="Ask for a refund"
                fields={{ decision: "pending" }}
              />
              <Act to={`${base}/chargeback`} label="Charge back" danger />
            </>
          )}
        </div>
      </section>
      <section class="card" aria-labelledby="payments">
        <h2 id="payments">Attempts to pay</h2>
        {transaction.payments.length === 0 ? <p class="quiet">None.</p> : (
          <ul class="plain">
            {transaction.payments.map((payment) => (
              <li key={payment.paymentAttemptId}>
                <When at={payment.createdAt} /> {money(payment.amount)} •••• {payment.methodDetails
                  .card.last4}: {payment.errorCode?.replaceAll("_", " ") ?? "captured"}
              </li>
            ))}
          </ul>
        )}
      </section>
      {adjustments.length > 0 && (
        <section class="card" aria-labelledby="adjustments">
          <h2 id="adjustments">Money back</h2>
          <ul class="plain">
            {adjustments.map((one) => (
              <li key={one.id}>
                {one.action} {money(one.totals.total)} <State of={one.status} />
                {one.status === "pending_approval" && (
                  <div class="acts">
                    <Act
                      to={`/adjustments/${one.id}/decide`}
                      label="Approve"
                      fields={{ status: "approved" }}
                    />
                    <Act
                      to={`/adjustments/${one.id}/decide`}
                      label="Reject"
                      fields={{ status: "rejected" }}
                    />
                  </div>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
