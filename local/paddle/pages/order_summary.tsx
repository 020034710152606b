import type { Transaction } from "../entities/transaction.ts";
import { checkoutTexts } from "./checkout_texts.ts";
import { type CheckoutLanguage, fill, formatLocale, formatMoney } from "./languages.ts";

/** What is bought and what it comes to. */
export function OrderSummary(
  { transaction, language }: { transaction: Transaction; language: CheckoutLanguage },
) {
  const texts = checkoutTexts[language];
  if (Number(transaction.details.totals.grandTotal) === 0) {
    return (
      <section class="order" aria-labelledby="order">
        <h1 id="order">{transaction.items.map((item) => item.price.name).join(", ")}</h1>
        <p>{texts.saveCardOrder}</p>
      </section>
    );
  }
  const { totals, lineItems, taxRatesUsed } = transaction.details;
  const money = (minor: string) => formatMoney(minor, transaction.currencyCode, language);
  const cycle = transaction.items[0]?.price.billingCycle ?? null;
  const isYearly = cycle?.interval === "year";
  const rate = new Intl.NumberFormat(formatLocale[language], { style: "percent" })
    .format(Number(taxRatesUsed[0]?.taxRate ?? 0));
  return (
    <section class="order" aria-labelledby="order">
      <h1 id="order">{texts.order}</h1>
      <p class="order-total">
        <strong data-testid="checkout-total">{money(totals.grandTotal)}</strong>
        {cycle !== null && <span>{isYearly ? texts.perYear : texts.perMonth}</span>}
      </p>
      <dl class="sums">
        {lineItems.map((line) => (
          <div key={line.id}>
            <dt>
              {line.product.name}
              {line.quantity > 1 && ` × ${line.quantity}`}
            </dt>
            <dd>{money(line.totals.total)}</dd>
          </div>
        ))}
        <div class="sums-small">
          <dt>{texts.subtotal}</dt>
          <dd>{money(totals.subtotal)}</dd>
        </div>
        <div class="sums-small">
          <dt>{fill(texts.tax, { rate })}</dt>
          <dd>{money(totals.tax)}</dd>
        </div>
        <div class="sums-total">
          <dt>{texts.totalToday}</dt>
          <dd>{money(totals.grandTotal)}</dd>
        </div>
      </dl>
      {cycle !== null && (
        <p class="quiet">
          {fill(isYearly ? texts.renewsYear : texts.renewsMonth, { amount: money(totals.total) })}
        </p>
      )}
    </section>
  );
}
