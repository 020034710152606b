import type { Commission } from "@core/agents/commissions.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { tickName } from "../../site/commission_acts.ts";
import { COMMISSION_TONES } from "../agent/words.ts";
import { Badge } from "../Badge.tsx";
import { DataTable } from "../DataTable.tsx";
import { DateTime } from "../DateTime.tsx";
import { Money } from "../Money.tsx";

/** Props of {@linkcode CommissionRows}. */
export interface CommissionRowsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly commissions: readonly Commission[];
  /** Ids that are ticked. */
  readonly ticked: ReadonlySet<string>;
  /** The one that stands in the way of all. */
  readonly blocking: string | null;
}

/** Commissions to be ticked, each with how it came about and why it cannot be paid. */
export function CommissionRows(props: CommissionRowsProps) {
  const { i18n, locale, commissions, ticked, blocking } = props;
  const { t } = i18n;
  return (
    <DataTable
      caption={t("commissions.title")}
      rows={commissions}
      keyOf={({ id }) => id}
      testId="commission-row"
      columns={[
        {
          name: t("commissions.tick"),
          cell: (row) => (
            <label class="tick-cell">
              <span class="visually-hidden">
                {t("commissions.tick.label", {
                  agent: row.agentName ?? "–",
                  amount: i18n.money(row.amountCents, row.currency),
                })}
              </span>
              <input
                type="checkbox"
                name={tickName(row.id)}
                value="yes"
                checked={ticked.has(row.id)}
                disabled={!isDecidable(row)}
              />
            </label>
          ),
        },
        { name: t("role.agent"), cell: ({ agentName }) => agentName ?? "–" },
        {
          name: t("commissions.amount"),
          cell: (row) => (
            <>
              <strong>
                <Money i18n={i18n} cents={row.amountCents} currency={row.currency} />
              </strong>
              <br />
              <span class="fine">
                {t("commissions.reckoning", {
                  rate: String(row.ratePercent).replace(".", i18n.locale === "en" ? "." : ","),
                  base: i18n.money(row.baseCents, row.currency),
                })}
              </span>
            </>
          ),
        },
        {
          name: t("commissions.for"),
          cell: (row) => (
            <>
              {t(row.isClawback ? "commissions.clawback" : `commission.type.${row.type}`)}
              <br />
              <a href={`/${locale}/admin/members/${row.memberId}`}>
                {row.memberName ?? row.memberNumber ?? t("commissions.member")}
              </a>
            </>
          ),
        },
        {
          name: t("commissions.earned"),
          cell: ({ createdAt }) => <DateTime i18n={i18n} when={createdAt} />,
        },
        {
          name: t("admin.events.state"),
          cell: (row) => (
            <>
              <Badge
                tone={COMMISSION_TONES[row.status]}
                text={t(`commission.status.${row.status}`)}
              />
              <Why i18n={i18n} row={row} isBlocking={row.id === blocking} />
            </>
          ),
        },
      ]}
    />
  );
}

/** Whether anything may still become of it by the reader's hand. */
export function isDecidable({ status, isOwn }: Pick<Commission, "status" | "isOwn">): boolean {
  return !isOwn && (status === "pending" || status === "approved");
}

interface WhyProps {
  readonly i18n: I18n;
  readonly row: Commission;
  readonly isBlocking: boolean;
}

function Why({ i18n, row, isBlocking }: WhyProps) {
  const { t } = i18n;
  const isOpen = row.status === "pending" || row.status === "approved";
  return (
    <>
      {isBlocking && (
        <span class="fine" data-testid="commission-blocking">
          <br />
          <strong>{t("commissions.blocking")}</strong>
        </span>
      )}
      {isOpen && row.isOwn && (
        <span class="fine">
          <br />
          {t("commissions.own")}
        </span>
      )}
      {isOpen && !row.isPayable && (
        <span class="fine" data-testid="commission-not-payable">
          <br />
          {t("commissions.not_payable")}
        </span>
      )}
      {row.status === "paid" && row.paidAt && (
        <span class="fine">
          <br />
          <DateTime i18n={i18n} when={row.paidAt} />
          {row.payoutReference && ` · ${row.payoutReference}`}
        </span>
      )}
      {row.status === "void" && row.voidReason && (
        <span class="fine breakable">
          <br />
          {row.voidReason}
        </span>
      )}
    </>
  );
}
