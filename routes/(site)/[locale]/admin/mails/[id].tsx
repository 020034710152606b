import { type Context, HttpError, page } from "fresh";
import { AuditTrail } from "../../../../../components/admin/AuditTrail.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { Card, type Fact, Facts } from "../../../../../components/Card.tsx";
import { mailName, mailReason } from "../../../../../components/mails/mail_words.ts";
import { MailBadge } from "../../../../../components/mails/MailBadge.tsx";
import { MailEvents } from "../../../../../components/mails/MailEvents.tsx";
import { MailReader } from "../../../../../components/mails/MailReader.tsx";
import { Moment } from "../../../../../components/Moment.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import {
  canRetry,
  type MailFile,
  readMail,
  readMailEvents,
  readMailTrail,
  retryMail,
} from "../../../../../site/mail_ledger.ts";
import { define, type State } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const mail = await mailOf(ctx);
    const [trail, events] = await ctx.state.db((tx) =>
      Promise.all([readMailTrail(tx, mail.id), readMailEvents(tx, mail.id)])
    );
    const retryable = canRetry(mail, ctx.state.services.clock.now());
    return page({ mail, trail, events, retryable });
  },

  /** Has this mail sent again. */
  async POST(ctx) {
    const mail = await mailOf(ctx);
    const outcome = await ctx.state.db((tx) => retryMail(tx, mail.id));
    return ctx.redirect(withQuery(ctx.url.pathname, { retry: outcome }), 303);
  },
});

async function mailOf(ctx: Context<State>): Promise<MailFile> {
  const id = ctx.params["id"] ?? "";
  const mail = isUuid(id) ? await ctx.state.db((tx) => readMail(tx, id)) : null;
  if (mail === null) throw new HttpError(404);
  return mail;
}

export default define.page<typeof handler>(function OneMail({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { mail, trail, events, retryable } = data;
  const name = mailName(i18n, mail.templateKey);
  const retry = url.searchParams.get("retry");
  const isUnderWay = retry === "retried" && mail.status === "pending";
  return (
    <Page i18n={i18n} title={name} ready="admin-mail-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/mails`}>{t("mails.title")}</a>
        </p>
        <div class="title-row" data-state={mail.status}>
          <h1>{name}</h1>
          <MailBadge i18n={i18n} mail={mail} />
        </div>
      </header>
      {isUnderWay && (
        <Notice kind="good" title={t("mails.retried.title")}>
          <p>{t("mails.retried.text")}</p>
        </Notice>
      )}
      {retry !== null && retry !== "retried" && !retryable && (
        <Notice kind="info" title={t("mails.not_retried.title")}>
          <p>{t("mails.not_retried.text")}</p>
        </Notice>
      )}
      {mail.error && (
        <Notice
          kind={mail.status === "error" ? "problem" : "info"}
          title={t(mail.status === "sent" ? "mails.state.sent" : "mails.why_not")}
        >
          <Why i18n={i18n} error={mail.error} />
        </Notice>
      )}
      {retryable && (
        <form method="post" action={url.pathname} class="stack">
          <SubmitOnce
            text={t("mails.retry")}
            busyText={t("form.busy")}
            class={buttonClass("primary")}
            testId="retry-mail"
          />
          <p class="fine">{t("mails.retry.hint")}</p>
        </form>
      )}
      <div class="columns">
        <Card title={t("mails.facts")}>
          <Facts facts={factsOf(mail, i18n, locale)} />
        </Card>
        <Card title={t("mails.trail")}>
          {trail.length + events.length === 0 && <p>{t("mails.no_trail")}</p>}
          {trail.length > 0 && <AuditTrail i18n={i18n} locale={locale} lines={trail} />}
          {events.length > 0 && <MailEvents i18n={i18n} events={events} />}
        </Card>
      </div>
    </Page>
  );
});

type I18n = State["i18n"];

/** The reason in words, and below as the sender noted it, for whoever asks Resend. */
function Why({ i18n, error }: { readonly i18n: I18n; readonly error: string }) {
  const words = mailReason(i18n, error);
  return (
    <>
      <p>{words}</p>
      {words !== error && <p class="fine breakable">{error}</p>}
    </>
  );
}

function factsOf(mail: MailFile, i18n: I18n, locale: State["locale"]): Fact[] {
  const { t } = i18n;
  const when = (date: Date | null) => date && <Moment i18n={i18n} when={date} />;
  const isOpen = mail.status === "pending";
  const facts: Fact[] = [
    {
      name: t("mails.member"),
      value: <MailReader i18n={i18n} locale={locale} mail={mail} />,
    },
    { name: t("desk.email"), value: mail.address },
    { name: t("mails.created"), value: when(mail.createdAt) },
    { name: t("mails.sent_at"), value: when(mail.sentAt) },
    { name: t("mails.delivered_at"), value: when(mail.deliveredAt) },
    { name: t("mails.bounced_at"), value: when(mail.bouncedAt) },
    { name: t("mails.complained_at"), value: when(mail.complainedAt) },
    { name: t("mails.attempts"), value: i18n.number(mail.attempts) },
    { name: t("mails.next_attempt"), value: isOpen ? when(mail.nextAttemptAt) : null },
    { name: t("mails.send_until"), value: mail.sentAt ? null : when(mail.sendUntil) },
    {
      name: t("mails.provider_id"),
      value: mail.providerMessageId && <code>{mail.providerMessageId}</code>,
    },
  ];
  return facts.filter(({ value }) => value !== null && value !== "");
}
