import type { TenantFacts } from "@core/identity/tenants.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { isByHand, type SubscriptionRow } from "../../site/membership.ts";
import { allows, endsAtOnce } from "../../site/membership_acts.ts";
import { refundTerms } from "../../site/refund_terms.ts";
import { withQuery } from "../../site/links.ts";
import { ButtonLink } from "../Button.tsx";
import { Card, type Fact, Facts } from "../Card.tsx";
import { SupportMail } from "../Contact.tsx";
import { Rich } from "../Rich.tsx";
import { ActForm } from "./ActForm.tsx";

/** Props of {@linkcode PlanPanel}. */
export interface PlanPanelProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly tenant: TenantFacts;
  readonly subscription: SubscriptionRow;
  /** Whether another one of the member's is shown before it. */
  readonly further: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One subscription: what it is, what it costs, when it is paid next, and how to leave. */
export function PlanPanel({ subscription, further, ...page }: PlanPanelProps) {
  const { i18n, locale } = page;
  const { t } = i18n;
  const payable = allows(subscription, "payment") === true;
  return (
    <div class="columns" data-subscription={subscription.id}>
      <Card title={t(further ? "membership.more.title" : "membership.facts.title")}>
        <Facts facts={factsOf(subscription, i18n)} />
        {payable && (
          <div class="card-end stack">
            <ActForm
              i18n={i18n}
              locale={locale}
              act="payment"
              subscriptionId={subscription.id}
              text={t("membership.card.button")}
              kind="secondary"
            />
            <p class="fine">{t("membership.card.hint")}</p>
          </div>
        )}
      </Card>
      <Leaving {...page} subscription={subscription} />
    </div>
  );
}

function factsOf(row: SubscriptionRow, i18n: I18n): Fact[] {
  const { t } = i18n;
  const facts: Fact[] = [
    { name: t("membership.facts.plan"), value: row.planName ?? t("membership.facts.plan_gone") },
  ];
  if (row.priceCents !== null && row.currency !== null) {
    facts.push({
      name: t("membership.facts.price"),
      value: `${priceOf(row, i18n)} ${t("pricing.per_year")}`,
    });
  }
  if (row.startedAt !== null) {
    facts.push({ name: t("membership.facts.since"), value: i18n.date(row.startedAt) });
  }
  if (
    row.currentPeriodStart !== null && row.currentPeriodEnd !== null && row.status !== "past_due"
  ) {
    facts.push({
      name: t("member.period"),
      value: t("member.period_range", {
        from: i18n.date(row.currentPeriodStart),
        to: i18n.date(row.currentPeriodEnd),
      }),
    });
  }
  facts.push({ name: t("membership.facts.next"), value: nextPayment(row, i18n) });
  return facts;
}

function priceOf(row: SubscriptionRow, i18n: I18n): string {
  return row.priceCents === null || row.currency === null
    ? ""
    : i18n.money(row.priceCents, row.currency);
}

function nextPayment(row: SubscriptionRow, i18n: I18n): string {
  const price = priceOf(row, i18n);
  if (row.status === "past_due") {
    const date = row.pastDueAt === null ? "–" : i18n.date(row.pastDueAt);
    return i18n.t("membership.facts.next_open", { price, date });
  }
  const runs = row.status === "active" || row.status === "trialing";
  if (!runs || row.cancelAtPeriodEnd || row.currentPeriodEnd === null) {
    return i18n.t("membership.facts.next_none");
  }
  return i18n.t("membership.facts.next_value", { price, date: i18n.date(row.currentPeriodEnd) });
}

/** How to cancel, or to take that back, and what it means for the money. */
function Leaving(
  { i18n, locale, tenant, subscription, now }: Omit<PlanPanelProps, "further">,
) {
  const { t } = i18n;
  const { id, currentPeriodEnd: end, startedAt } = subscription;
  if (isByHand(subscription)) {
    if (subscription.status !== "active") return null;
    return (
      <Card title={t("membership.by_hand.title")}>
        <p data-testid="membership-by-hand">
          {t("membership.by_hand.text", { date: end === null ? "–" : i18n.date(end) })}
        </p>
        <p>
          <Rich
            text={t("membership.by_hand.questions")}
            parts={{ email: <SupportMail tenant={tenant} /> }}
          />
        </p>
      </Card>
    );
  }
  if (allows(subscription, "withdraw") === true) {
    return (
      <Card title={t("membership.keep.title")}>
        <p>{t("membership.keep.text")}</p>
        <Terms i18n={i18n} tenant={tenant} startedAt={startedAt} now={now} />
        <div>
          <ActForm
            i18n={i18n}
            locale={locale}
            act="withdraw"
            subscriptionId={id}
            text={t("membership.keep.button")}
            kind="primary"
          />
        </div>
      </Card>
    );
  }
  if (allows(subscription, "cancel") === true) {
    return (
      <Card title={t("membership.leave.title")}>
        {endsAtOnce(subscription)
          ? (
            <p>
              {t(`membership.leave.${subscription.status === "paused" ? "paused" : "past_due"}`)}
            </p>
          )
          : (
            <>
              <p>{t("membership.leave.text", { date: end === null ? "–" : i18n.date(end) })}</p>
              <Terms i18n={i18n} tenant={tenant} startedAt={startedAt} now={now} />
            </>
          )}
        <p>
          <ButtonLink
            href={withQuery(`/${locale}/member/membership/cancel`, { subscription: id })}
            kind="secondary"
          >
            {t("membership.leave.button")}
          </ButtonLink>
        </p>
      </Card>
    );
  }
  return null;
}

/** Props of {@linkcode Terms}. */
export interface TermsProps {
  readonly i18n: I18n;
  readonly tenant: TenantFacts;
  readonly startedAt: Date | null;
  readonly now: number;
}

/** Whether the price comes back. */
export function Terms({ i18n, tenant, startedAt, now }: TermsProps) {
  const terms = refundTerms(startedAt, now);
  if (terms.kind === "over") {
    return <p data-refund="over">{i18n.t("membership.refund.over")}</p>;
  }
  return (
    <p data-refund="within">
      <Rich
        text={i18n.t("membership.refund.within")}
        parts={{ email: <SupportMail tenant={tenant} />, date: i18n.date(terms.until) }}
      />
    </p>
  );
}
