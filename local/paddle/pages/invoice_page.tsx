import type { Transaction } from "../entities/transaction.ts";
import type { Simulation } from "../simulation.ts";
import { Facts, When } from "./console_parts.tsx";
import { formatMoney } from "./languages.ts";

/** An invoice to print; Paddle itself gives a PDF. */
export function InvoicePage(
  { simulation, transaction }: { simulation: Simulation; transaction: Transaction },
) {
  const { details, currencyCode } = transaction;
  const money = (minor: string) => formatMoney(minor, currencyCode);
  const customer = simulation.state.customers[transaction.customerId ?? ""];
  const address = simulation.state.addresses[transaction.addressId ?? ""];
  return (
    <main class="card portal-main">
      <p class="test-mode" role="note">Simulated Paddle invoice for testing. Not a tax document.</p>
      <h1>Invoice {transaction.invoiceNumber}</h1>
      <Facts
        of={{
          "Billed to": `${customer?.name ?? ""} ${customer?.email ?? ""}`,
          Country: address?.countryCode ?? null,
          Date: <When at={transaction.billedAt} />,
          Period: transaction.billingPeriod === null ? null : (
            <>
              <When at={transaction.billingPeriod.startsAt} /> to{" "}
              <When at={transaction.billingPeriod.endsAt} />
            </>
          ),
        }}
      />
      <dl class="sums">
        {details.lineItems.map((line) => (
          <div key={line.id}>
            <dt>{line.product.name}</dt>
            <dd>{money(line.totals.total)}</dd>
          </div>
        ))}
        <div class="sums-small">
          <dt>Subtotal</dt>
          <dd>{money(details.totals.subtotal)}</dd>
        </div>
        <div class="sums-small">
          <dt>VAT</dt>
          <dd>{money(details.totals.tax)}</dd>
        </div>
        <div class="sums-total">
          <dt>Paid</dt>
          <dd>{money(details.totals.grandTotal)}</dd>
        </div>
      </dl>
    </main>
  );
}
