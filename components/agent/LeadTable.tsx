import type { Lead } from "@core/agents/leads.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { Badge } from "../Badge.tsx";
import { phoneHref } from "../Contact.tsx";
import { DataTable } from "../DataTable.tsx";
import { DateTime } from "../DateTime.tsx";
import { MailAddress } from "../MailAddress.tsx";
import { LEAD_TONES } from "./words.ts";

/** Props of {@linkcode LeadTable}. */
export interface LeadTableProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly leads: readonly Lead[];
}

/** People who may become members. */
export function LeadTable({ i18n, locale, leads }: LeadTableProps) {
  const { t } = i18n;
  return (
    <DataTable
      caption={t("agent.leads.title")}
      rows={leads}
      keyOf={({ id }) => id}
      testId="lead"
      columns={[
        {
          name: t("member.card.name"),
          cell: (lead) => (
            <span class="stacked">
              <a href={`/${locale}/agent/leads/${lead.id}`}>{leadName(lead)}</a>
              {lead.planName && <span class="fine">{lead.planName}</span>}
            </span>
          ),
        },
        {
          name: t("agent.lead.contact"),
          cell: ({ phone, email }) => (
            <span class="stacked">
              {phone && <a class="quiet" href={phoneHref(phone)}>{phone}</a>}
              <MailAddress email={email} />
            </span>
          ),
        },
        {
          name: t("agent.lead.stage"),
          cell: ({ status }) => (
            <Badge tone={LEAD_TONES[status]} text={t(`agent.lead.status.${status}`)} />
          ),
        },
        {
          name: t("agent.lead.until"),
          cell: ({ status, expiresAt }) =>
            status === "new" || status === "contacted"
              ? <DateTime i18n={i18n} when={expiresAt} />
              : "–",
        },
      ]}
    />
  );
}

/** A lead's name. */
export function leadName({ firstName, lastName }: Pick<Lead, "firstName" | "lastName">): string {
  return `${firstName} ${lastName}`.trim();
}
