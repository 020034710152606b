import { HttpError, page } from "fresh";
import { AccessBadge } from "../../../../../components/admin/AccessBadge.tsx";
import { Story } from "../../../../../components/admin/Story.tsx";
import { EventTable } from "../../../../../components/admin/EventTable.tsx";
import { WhyCard } from "../../../../../components/admin/WhyCard.tsx";
import { Badge } from "../../../../../components/Badge.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { Card, type Fact, Facts } from "../../../../../components/Card.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { MailTable } from "../../../../../components/mails/MailTable.tsx";
import { INVOICE_TONES } from "../../../../../components/membership/InvoiceList.tsx";
import { Money } from "../../../../../components/Money.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { seesEvents, viewerOf } from "../../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import type { SubscriptionRow } from "../../../../../site/membership.ts";
import {
  explain,
  type MemberProfile,
  readMemberFile,
  trustAddress,
} from "../../../../../site/member_file.ts";
import { readStory } from "../../../../../site/member_story.ts";
import { define, type State } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, params }) {
    const id = params["id"] ?? "";
    if (!isUuid(id)) throw new HttpError(404);
    const now = state.services.clock.now();
    const [file, story] = await state.db((tx) =>
      Promise.all([readMemberFile(tx, id, now), readStory(tx, id)])
    );
    if (file === null) throw new HttpError(404);
    return page({ file, story, reasons: explain(file) });
  },

  /** Has mails sent again to an address that refused them. */
  async POST({ state, params, url, redirect }) {
    const id = params["id"] ?? "";
    if (!isUuid(id) || !seesEvents(viewerOf(state).role)) throw new HttpError(404);
    await state.db((tx) => trustAddress(tx, id));
    return redirect(url.pathname, 303);
  },
});

export default define.page<typeof handler>(function Member({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { file, story, reasons } = data;
  const { profile, subscriptions, invoices, events, mails } = file;
  const name = profile.fullName || profile.email;
  const withMoney = seesEvents(viewerOf(state).role);
  return (
    <Page i18n={i18n} title={name} ready="admin-member-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/members`}>{t("admin.members.title")}</a>
        </p>
        <div class="title-row" data-access={file.access}>
          <h1>{name}</h1>
          <AccessBadge i18n={i18n} access={file.access} isActive={profile.isActive} />
        </div>
      </header>
      {profile.emailUndeliverableAt && (
        <div data-testid="undeliverable">
          <Notice kind="warning" title={t("mails.undeliverable.title")}>
            <p>
              {t("mails.undeliverable.text", {
                date: i18n.date(profile.emailUndeliverableAt),
                address: profile.email,
              })}
            </p>
            {profile.emailUndeliverableReason && (
              <p class="fine breakable">{profile.emailUndeliverableReason}</p>
            )}
            {withMoney && (
              <form method="post" action={url.pathname} class="stack">
                <SubmitOnce
                  text={t("mails.undeliverable.trust")}
                  busyText={t("form.busy")}
                  class={buttonClass("secondary")}
                  testId="trust-address"
                />
                <p class="fine">{t("mails.undeliverable.trust.hint")}</p>
              </form>
            )}
          </Notice>
        </div>
      )}
      <div class="columns">
        <WhyCard i18n={i18n} locale={locale} reasons={reasons} />
        <Card title={t("admin.member.facts")}>
          <Facts facts={factsOf(profile, i18n)} />
        </Card>
      </div>
      {profile.role === "member" && (
        <p>
          <a href={withQuery(`/${locale}/admin/claims`, { member: profile.id })}>
            {t("admin.claims.all_of_member")}
          </a>
        </p>
      )}
      <section class="section">
        <h2>{t("admin.member.subscriptions")}</h2>
        {subscriptions.length === 0
          ? <p class="nothing">{t("admin.member.no_subscriptions")}</p>
          : <Subscriptions i18n={i18n} rows={subscriptions} />}
      </section>
      {withMoney && invoices.length > 0 && (
        <section class="section">
          <h2>{t("membership.invoices.title")}</h2>
          <DataTable
            caption={t("membership.invoices.title")}
            rows={invoices}
            keyOf={({ id }) => id}
            columns={[
              {
                name: t("admin.member.date"),
                cell: ({ billedAt }) => <DateTime i18n={i18n} when={billedAt} />,
              },
              { name: t("admin.member.number"), cell: ({ number }) => number ?? "–" },
              {
                name: t("admin.member.amount"),
                cell: ({ amountCents, currency }) => (
                  <Money i18n={i18n} cents={amountCents} currency={currency} />
                ),
              },
              {
                name: t("admin.member.refunded"),
                cell: ({ refundedCents, currency }) => (
                  <Money i18n={i18n} cents={refundedCents} currency={currency} />
                ),
              },
              {
                name: t("admin.events.state"),
                cell: ({ status }) => (
                  <Badge tone={INVOICE_TONES[status]} text={t(`invoice.${status}`)} />
                ),
              },
            ]}
          />
        </section>
      )}
      {withMoney && mails.length > 0 && (
        <section class="section">
          <div class="title-row">
            <h2>{t("mails.latest")}</h2>
            <a href={withQuery(`/${locale}/admin/mails`, { member: profile.id })}>
              {t("mails.all_of_member")}
            </a>
          </div>
          <MailTable i18n={i18n} locale={locale} mails={mails} withMember={false} />
        </section>
      )}
      {withMoney && events.length > 0 && (
        <section class="section">
          <div class="title-row">
            <h2>{t("admin.member.events")}</h2>
            <a href={withQuery(`/${locale}/admin/webhooks`, { member: profile.id })}>
              {t("admin.member.all_events")}
            </a>
          </div>
          <EventTable i18n={i18n} locale={locale} events={events} withMember={false} />
        </section>
      )}
      <Story i18n={i18n} locale={locale} lines={story} />
    </Page>
  );
});

function factsOf(profile: MemberProfile, i18n: State["i18n"]): Fact[] {
  const { t } = i18n;
  const facts: Fact[] = [
    { name: t("member.card.number"), value: profile.memberNumber },
    { name: t("desk.email"), value: profile.email },
    { name: t("help.phone"), value: profile.phone },
    {
      name: t("mails.helpful"),
      value: profile.marketingOptOutAt
        ? t("mails.helpful.no", { date: i18n.date(profile.marketingOptOutAt) })
        : t("mails.helpful.yes"),
    },
    { name: t("desk.role"), value: t(`role.${profile.role}`) },
    { name: t("role.agent"), value: profile.agentName },
    { name: t("desk.branch"), value: profile.branchName },
    { name: t("member.profile.member_since"), value: i18n.date(profile.createdAt) },
  ];
  return facts.filter(({ value }) => value !== null && value !== "");
}

function Subscriptions(
  { i18n, rows }: { readonly i18n: State["i18n"]; readonly rows: readonly SubscriptionRow[] },
) {
  const { t } = i18n;
  const day = (when: Date | null) => when === null ? "–" : <DateTime i18n={i18n} when={when} />;
  return (
    <DataTable
      caption={t("admin.member.subscriptions")}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        { name: t("membership.facts.plan"), cell: ({ planName }) => planName ?? "–" },
        { name: t("admin.member.status"), cell: ({ status }) => <code>{status}</code> },
        { name: t("membership.facts.since"), cell: ({ startedAt }) => day(startedAt) },
        {
          name: t("admin.member.paid_until"),
          cell: ({ currentPeriodEnd }) => day(currentPeriodEnd),
        },
        {
          name: t("admin.member.note"),
          cell: (row) => {
            if (row.accessRevokedAt) {
              return t("admin.member.revoked", {
                date: i18n.date(row.accessRevokedAt),
              });
            }
            if (row.status === "past_due" && row.gracePeriodEndsAt) {
              return t("admin.member.grace_until", { date: i18n.date(row.gracePeriodEndsAt) });
            }
            if (row.cancelAtPeriodEnd) return t("admin.member.ending");
            return row.canceledAt
              ? t("admin.member.canceled", { date: i18n.date(row.canceledAt) })
              : "–";
          },
        },
        {
          name: t("admin.member.in_paddle"),
          cell: (row) => <code>{row.providerSubscriptionId}</code>,
        },
      ]}
    />
  );
}
