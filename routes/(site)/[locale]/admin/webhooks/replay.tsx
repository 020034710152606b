import { page } from "fresh";
import { z } from "zod";
import { buttonClass, ButtonLink } from "../../../../../components/Button.tsx";
import { EventTable } from "../../../../../components/admin/EventTable.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { readForm } from "../../../../../site/forms.ts";
import { withQuery } from "../../../../../site/links.ts";
import { replayEvents } from "../../../../../site/replay.ts";
import { listEvents, planReplay, REPLAY_AT_MOST } from "../../../../../site/webhook_events.ts";
import { type EventFilter, eventFilter, filterQuery } from "../../../../../site/webhook_filter.ts";
import { define } from "../../../../../utils.ts";

/** The filter, as the page before showed it, and the moment at which it did. */
const ReplayForm = z.looseObject({ until: z.iso.datetime() });

/** Asks before many events are tried again, and says how many. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const filter = replayable(eventFilter(url.searchParams));
    const { timeZone } = state.tenant;
    const until = new Date(state.services.clock.now()).toISOString();
    const [plan, list] = await state.db((tx) =>
      Promise.all([
        planReplay(tx, filter, timeZone, until),
        listEvents(tx, filter, timeZone, null),
      ])
    );
    return page({ filter, until, total: plan.total, first: list.events.slice(0, 10) });
  },

  async POST(ctx) {
    const { state } = ctx;
    const form = await readForm(ctx.req, ReplayForm);
    const filter = replayable(eventFilter(new URLSearchParams(form.typed)));
    const path = `/${state.locale}/admin/webhooks`;
    if (!form.ok) return ctx.redirect(withQuery(`${path}/replay`, filterQuery(filter)), 303);
    const { until } = form.value;
    const { ids } = await state.db((tx) => planReplay(tx, filter, state.tenant.timeZone, until));
    const replayed = await replayEvents(state, ids);
    return ctx.redirect(withQuery(path, { ...filterQuery(filter), replayed: `${replayed}` }), 303);
  },
});

/** What is done with, or forged, is not tried again. */
function replayable(filter: EventFilter): EventFilter {
  const open = filter.state === "given_up" || filter.state === "waiting" ||
    filter.state === "failed";
  return open ? filter : { ...filter, state: "failed" };
}

export default define.page<typeof handler>(function Replay({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { filter, until, total, first } = data;
  const back = withQuery(`/${locale}/admin/webhooks`, filterQuery(filter));
  const fields = Object.entries({ ...filterQuery(filter), until });
  return (
    <Page i18n={i18n} title={t("admin.replay.title")} ready="admin-replay-ready" class="page">
      <header class="page-head">
        <h1>
          {total === 0
            ? t("admin.replay.nothing_to_do.title")
            : i18n.plural("admin.replay.question", Math.min(total, REPLAY_AT_MOST))}
        </h1>
        <p class="lead">
          {total === 0 ? t("admin.replay.none") : total > REPLAY_AT_MOST
            ? t("admin.replay.bounded", {
              total: i18n.number(total),
              most: i18n.number(REPLAY_AT_MOST),
            })
            : t("admin.replay.text")}
        </p>
      </header>
      {total > 0 && <EventTable i18n={i18n} locale={locale} events={first} withMember />}
      {total > first.length && (
        <p class="fine">{t("admin.replay.more", { count: i18n.number(total - first.length) })}</p>
      )}
      <div class="actions">
        {total > 0 && (
          <form method="post" action={`/${locale}/admin/webhooks/replay`}>
            {fields.map(([name, value]) =>
              value === null ? null : <input key={name} type="hidden" name={name} value={value} />
            )}
            <SubmitOnce
              text={t("admin.replay.button")}
              busyText={t("form.busy")}
              class={buttonClass("primary")}
              testId="replay-all"
            />
          </form>
        )}
        <ButtonLink href={back} kind={total > 0 ? "quiet" : "primary"}>
          {t("admin.back")}
        </ButtonLink>
      </div>
    </Page>
  );
});
