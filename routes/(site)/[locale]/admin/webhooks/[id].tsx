import { type Context, HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { AuditTrail } from "../../../../../components/admin/AuditTrail.tsx";
import { EventBadge } from "../../../../../components/admin/EventBadge.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { Card, type Fact, Facts } from "../../../../../components/Card.tsx";
import { Moment } from "../../../../../components/Moment.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import { replayEvents } from "../../../../../site/replay.ts";
import {
  canReplay,
  type EventFile,
  readChanges,
  readEvent,
  readTrail,
} from "../../../../../site/webhook_events.ts";
import { define, type State } from "../../../../../utils.ts";

/** Seconds after which the page asks again how a replay went. */
const ASK_AGAIN = 3;
/** How long it goes on asking, in milliseconds. */
const PATIENCE = 120_000;

/** How the replay went that the page was come back from. */
type Replay = "under_way" | "worked" | "failed_again" | "nothing_to_do";

export const handler = define.handlers({
  async GET(ctx) {
    const event = await eventOf(ctx);
    const [trail, changes] = await ctx.state.db((tx) =>
      Promise.all([
        readTrail(tx, event.id),
        event.eventId === null ? [] : readChanges(tx, event.eventId),
      ])
    );
    const replay = replayOf(ctx.url, event, ctx.state.services.clock.now());
    return page({ event, trail, changes, replay });
  },

  /** Replays this one event. */
  async POST(ctx) {
    const event = await eventOf(ctx);
    const replayed = canReplay(event) ? await replayEvents(ctx.state, [event.id]) : 0;
    const tries = replayed > 0 ? String(event.attempts) : null;
    const at = String(ctx.state.services.clock.now());
    return ctx.redirect(withQuery(ctx.url.pathname, { replayed: `${replayed}`, tries, at }), 303);
  },
});

async function eventOf(ctx: Context<State>): Promise<EventFile> {
  const id = ctx.params["id"] ?? "";
  const event = isUuid(id) ? await ctx.state.db((tx) => readEvent(tx, id)) : null;
  if (event === null) throw new HttpError(404);
  return event;
}

/** The address carries how often it had been tried before. */
function replayOf(url: URL, event: EventFile, now: number): Replay | null {
  const asked = url.searchParams.get("replayed");
  if (asked === null) return null;
  if (asked === "0") return "nothing_to_do";
  if (event.processingResult === "ok" || event.processingResult === "ignored") return "worked";
  if (event.attempts > Number(url.searchParams.get("tries") ?? Number.NaN)) return "failed_again";
  const at = Number(url.searchParams.get("at") ?? Number.NaN);
  return at <= now && now - at < PATIENCE ? "under_way" : null;
}

export default define.page<typeof handler>(function OneEvent({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { event, trail, changes, replay } = data;
  return (
    <Page
      i18n={i18n}
      title={event.eventType ?? t("admin.events.unreadable")}
      ready="admin-webhook-ready"
      class="page"
    >
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/webhooks`}>{t("admin.events.title")}</a>
        </p>
        <div class="title-row" data-state={event.processingResult ?? "waiting"}>
          <h1 class="title-code">{event.eventType ?? t("admin.events.unreadable")}</h1>
          <EventBadge i18n={i18n} event={event} />
        </div>
      </header>
      {replay && <ReplayNotice i18n={i18n} replay={replay} />}
      {event.processingResult === "error" && event.error && replay !== "under_way" && (
        <Notice kind="problem" title={t("admin.event.error")}>
          <p class="breakable">{event.error}</p>
        </Notice>
      )}
      {canReplay(event) && replay !== "under_way" && (
        <form method="post" action={`/${locale}/admin/webhooks/${event.id}`} class="stack">
          <SubmitOnce
            text={t("admin.replay.one")}
            busyText={t("form.busy")}
            class={buttonClass("primary")}
            testId="replay-one"
          />
          <p class="fine">{t("admin.replay.hint")}</p>
        </form>
      )}
      <div class="columns">
        <Card title={t("admin.event.facts")}>
          <Facts facts={factsOf(event, i18n, locale)} />
        </Card>
        <Card title={t("admin.event.changes")}>
          {changes.length === 0
            ? <p>{t("admin.event.no_changes")}</p>
            : <AuditTrail i18n={i18n} locale={locale} lines={changes} />}
        </Card>
      </div>
      <Card title={t("admin.event.trail")}>
        {trail.length === 0
          ? <p>{t("admin.event.no_trail")}</p>
          : <AuditTrail i18n={i18n} locale={locale} lines={trail} />}
      </Card>
      <Message event={event} i18n={i18n} />
    </Page>
  );
});

type I18n = State["i18n"];

function ReplayNotice({ i18n, replay }: { readonly i18n: I18n; readonly replay: Replay }) {
  const kinds = {
    "under_way": "info",
    worked: "good",
    "failed_again": "warning",
    "nothing_to_do": "info",
  } as const;
  return (
    <>
      {replay === "under_way" && (
        <Head>
          <meta http-equiv="refresh" content={`${ASK_AGAIN}`} />
        </Head>
      )}
      <div data-replay={replay}>
        <Notice kind={kinds[replay]} title={i18n.t(`admin.replay.${replay}.title`)}>
          <p>{i18n.t(`admin.replay.${replay}.text`)}</p>
        </Notice>
      </div>
    </>
  );
}

function factsOf(event: EventFile, i18n: I18n, locale: State["locale"]): Fact[] {
  const { t } = i18n;
  const when = (date: Date | null) => date && <Moment i18n={i18n} when={date} />;
  const code = (text: string | null) => text && <code>{text}</code>;
  const facts: Fact[] = [
    {
      name: t("admin.events.member"),
      value: event.memberId === null
        ? t("admin.event.no_member")
        : (
          <a href={`/${locale}/admin/members/${event.memberId}`}>
            {event.memberName ?? t("role.member")}
          </a>
        ),
    },
    { name: t("admin.event.id"), value: code(event.eventId) },
    { name: t("admin.events.subject"), value: code(event.subjectId) },
    { name: t("admin.event.occurred"), value: when(event.occurredAt) },
    { name: t("admin.events.received"), value: when(event.receivedAt) },
    { name: t("admin.event.deliveries"), value: i18n.number(event.deliveryCount) },
    { name: t("admin.event.attempts"), value: i18n.number(event.attempts) },
    { name: t("admin.event.last_attempt"), value: when(event.lastAttemptAt) },
    { name: t("admin.event.next_attempt"), value: when(event.nextAttemptAt) },
    { name: t("admin.event.gave_up"), value: when(event.gaveUpAt) },
    { name: t("admin.event.processed"), value: when(event.processedAt) },
    { name: t("admin.event.reason"), value: event.reason },
    { name: "SHA-256", value: code(event.payloadHash) },
  ];
  return facts.filter(({ value }) => value !== null && value !== "");
}

/** The message itself, or what is kept of it. */
function Message({ event, i18n }: { readonly event: EventFile; readonly i18n: I18n }) {
  const { t } = i18n;
  const text = event.payloadText ?? event.summaryText;
  return (
    <Card
      title={t(
        event.payloadText === null && text !== null ? "admin.event.summary" : "admin.event.payload",
      )}
    >
      {text === null
        ? <p>{t(event.signatureValid ? "admin.event.no_payload" : "admin.event.forged")}</p>
        : (
          <details class="payload">
            <summary>{t("admin.event.show")}</summary>
            <pre tabIndex={0}>{text}</pre>
          </details>
        )}
    </Card>
  );
}
