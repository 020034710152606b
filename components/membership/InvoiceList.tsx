import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { InvoiceRow } from "../../site/membership_page.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";
import { Card } from "../Card.tsx";
import { DateTime } from "../DateTime.tsx";
import { Icon } from "../Icon.tsx";
import { Money } from "../Money.tsx";

/** What the colour of an invoice's status is. */
export const INVOICE_TONES: Readonly<Record<InvoiceRow["status"], BadgeTone>> = {
  paid: "good",
  "partially_refunded": "neutral",
  refunded: "neutral",
  "charged_back": "warning",
};

/** Props of {@linkcode InvoiceList}. */
export interface InvoiceListProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly invoices: readonly InvoiceRow[];
}

/** What was paid, the latest first, each with the way to Paddle's document. */
export function InvoiceList({ i18n, locale, invoices }: InvoiceListProps) {
  const { t } = i18n;
  return (
    <Card title={t("membership.invoices.title")}>
      {invoices.length === 0 ? <p>{t("membership.invoices.none")}</p> : (
        <ol class="invoices">
          {invoices.map((invoice) => (
            <li key={invoice.id} data-testid="invoice">
              <p class="invoice-when">
                <DateTime i18n={i18n} when={invoice.billedAt} />
                {invoice.number && <span class="fine">{invoice.number}</span>}
              </p>
              <p class="invoice-amount">
                <Money i18n={i18n} cents={invoice.amountCents} currency={invoice.currency} />
                {invoice.refundedCents > 0 && (
                  <span class="fine">
                    {t("membership.invoices.refunded", {
                      amount: i18n.money(invoice.refundedCents, invoice.currency),
                    })}
                  </span>
                )}
              </p>
              <p class="invoice-status">
                <Badge tone={INVOICE_TONES[invoice.status]} text={t(`invoice.${invoice.status}`)} />
              </p>
              <p class="invoice-open">
                {invoice.byHand
                  ? <span class="fine">{t("membership.invoices.by_hand")}</span>
                  : (
                    <a href={`/${locale}/member/membership/invoices/${invoice.id}`}>
                      {t("membership.invoices.open")}
                      <span class="visually-hidden">{` ${i18n.date(invoice.billedAt)}`}</span>
                      <Icon name="arrow" size={18} />
                    </a>
                  )}
              </p>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
