import type { Commission } from "@core/agents/commissions.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { Badge } from "../Badge.tsx";
import { DataTable } from "../DataTable.tsx";
import { DateTime } from "../DateTime.tsx";
import { Money } from "../Money.tsx";
import { COMMISSION_TONES } from "./words.ts";

/** Props of {@linkcode CommissionTable}. */
export interface CommissionTableProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly commissions: readonly Commission[];
}

/** Amounts, each with what it was reckoned from and where it stands. */
export function CommissionTable({ i18n, locale, commissions }: CommissionTableProps) {
  const { t } = i18n;
  return (
    <DataTable
      caption={t("agent.commissions.title")}
      rows={commissions}
      keyOf={({ id }) => id}
      testId="commission"
      columns={[
        {
          name: t("agent.commission.amount"),
          cell: (row) => (
            <span class="stacked">
              <strong>
                <Money i18n={i18n} cents={row.amountCents} currency={row.currency} />
              </strong>
              <span class="fine" data-testid="commission-why">{reckoning(i18n, row)}</span>
            </span>
          ),
        },
        {
          name: t("agent.commission.for"),
          cell: (row) => (
            <span class="stacked">
              <span>
                {t(row.isClawback ? "agent.commission.clawback" : `commission.type.${row.type}`)}
              </span>
              <span class="fine">{sourceOf(i18n, row)}</span>
            </span>
          ),
        },
        {
          name: t("role.member"),
          cell: ({ memberId, memberName, memberNumber }) =>
            memberName === null ? t("agent.commission.former") : (
              <span class="stacked">
                <a href={`/${locale}/agent/members/${memberId}`}>{memberName}</a>
                {memberNumber && <span class="fine number">{memberNumber}</span>}
              </span>
            ),
        },
        {
          name: t("agent.commission.day"),
          cell: ({ createdAt }) => <DateTime i18n={i18n} when={createdAt} />,
        },
        {
          name: t("agent.commission.state"),
          cell: (row) => (
            <span class="stacked">
              <Badge
                tone={COMMISSION_TONES[row.status]}
                text={t(`commission.status.${row.status}`)}
              />
              {fateOf(i18n, row) && <span class="fine">{fateOf(i18n, row)}</span>}
            </span>
          ),
        },
      ]}
    />
  );
}

/** "20 % of €16.95". */
export function reckoning(
  i18n: I18n,
  { ratePercent, baseCents, currency }: Pick<Commission, "ratePercent" | "baseCents" | "currency">,
): string {
  const decimal = i18n.locale === "en" ? "." : ",";
  return i18n.t("agent.commission.why", {
    rate: `${ratePercent}`.replace(".", decimal),
    base: i18n.money(baseCents, currency),
  });
}

/** Where the money came from. */
function sourceOf(i18n: I18n, row: Commission): string {
  const isCash = row.sourceTransactionId.startsWith("cash_");
  return i18n.t(
    row.isClawback
      ? "agent.commission.from.refund"
      : isCash
      ? "agent.commission.from.cash"
      : "agent.commission.from.card",
  );
}

/** What became of it, with the day. */
function fateOf(i18n: I18n, row: Commission): string | null {
  switch (row.status) {
    case "pending":
      return null;
    case "approved":
      return row.approvedAt && i18n.date(row.approvedAt);
    case "paid": {
      const day = row.paidAt && i18n.date(row.paidAt);
      return [day, row.payoutReference].filter(Boolean).join(" · ") || null;
    }
    case "void":
      return row.voidReason;
  }
}
