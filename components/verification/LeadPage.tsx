import type { Lead } from "@core/agents/leads.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { LeadPageData } from "../../site/lead_page.ts";
import { AuditTrail } from "../admin/AuditTrail.tsx";
import { LEAD_TONES } from "../agent/words.ts";
import { Badge } from "../Badge.tsx";
import { Card, type Fact, Facts } from "../Card.tsx";
import { DateTime } from "../DateTime.tsx";
import { ErrorSummary } from "../ErrorSummary.tsx";
import { Page } from "../Page.tsx";
import { DoneNotice } from "./DoneNotice.tsx";
import { PaymentCard } from "./PaymentCard.tsx";

/** Props of {@linkcode LeadPage}. */
export interface LeadPageProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly url: URL;
  readonly data: LeadPageData;
}

/** A lead: who it is, each payment with its receipt, and what was done. */
export function LeadPage({ i18n, locale, url, data }: LeadPageProps) {
  const { t } = i18n;
  const { file: { lead, attempts, trail }, typed, problems } = data;
  const name = `${lead.firstName} ${lead.lastName}`.trim() || t("leads.erased");
  return (
    <Page i18n={i18n} title={name} ready="admin-lead-ready" class="page lead-file">
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/leads`}>{t("payments.title")}</a>
        </p>
        <div class="title-row">
          <h1>{name}</h1>
          <Badge tone={LEAD_TONES[lead.status]} text={t(`leads.${lead.status}`)} />
        </div>
      </header>
      <DoneNotice i18n={i18n} locale={locale} url={url} />
      <ErrorSummary i18n={i18n} problems={problems} />
      <Card title={t("leads.who")}>
        <Facts facts={factsOf(lead, i18n, locale)} />
      </Card>
      <section class="section" aria-labelledby="payments">
        <h2 id="payments">{t("payments.of_lead")}</h2>
        {attempts.length === 0
          ? <p class="nothing">{t("payments.none.of_lead")}</p>
          : (
            <div class="payments">
              {attempts.map((attempt) => (
                <PaymentCard
                  key={attempt.id}
                  i18n={i18n}
                  locale={locale}
                  attempt={attempt}
                  onLeadPage
                  typed={typed}
                  problems={problems}
                />
              ))}
            </div>
          )}
      </section>
      {trail.length > 0 && (
        <section class="section" aria-labelledby="trail">
          <h2 id="trail">{t("leads.trail")}</h2>
          <AuditTrail
            i18n={i18n}
            locale={locale}
            lines={trail}
            tell={({ metadata: { after } }) => isStage(after) ? t(`leads.${after}`) : null}
          />
        </section>
      )}
    </Page>
  );
}

/** Whether it is one of the stages that a lead goes through. */
function isStage(value: unknown): value is Lead["status"] {
  return typeof value === "string" && Object.hasOwn(LEAD_TONES, value);
}

function factsOf(lead: Lead, i18n: I18n, locale: Locale): Fact[] {
  const { t } = i18n;
  const facts: (Fact | false)[] = [
    { name: t("desk.email"), value: <span class="breakable">{lead.email}</span> },
    lead.phone !== null && { name: t("help.phone"), value: lead.phone },
    { name: t("role.agent"), value: lead.agentName ?? "–" },
    lead.branchName !== null && { name: t("desk.branch"), value: lead.branchName },
    {
      name: t("membership.facts.plan"),
      value: lead.planName === null || lead.priceCents === null
        ? "–"
        : `${lead.planName}, ${i18n.money(lead.priceCents, lead.currency ?? "EUR")}`,
    },
    { name: t("leads.since"), value: <DateTime i18n={i18n} when={lead.createdAt} /> },
    lead.lostReason !== null && { name: t("payments.why"), value: lead.lostReason },
    lead.note !== null && lead.note !== "" && { name: t("payments.note"), value: lead.note },
    lead.convertedUserId !== null && {
      name: t("leads.became"),
      value: (
        <a href={`/${locale}/admin/members/${lead.convertedUserId}`}>{t("payments.done.member")}</a>
      ),
    },
  ];
  return facts.filter((fact) => fact !== false);
}
