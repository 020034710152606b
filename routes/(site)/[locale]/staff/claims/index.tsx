import { page } from "fresh";
import { assignClaim } from "@core/claims/assign_store.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import type { ClaimRow } from "@core/claims/claim_list.ts";
import { isByDue } from "@core/claims/queue.ts";
import { readMoment, readQueue, readQueueFigures } from "@core/claims/queue_store.ts";
import { buttonClass, ButtonLink } from "../../../../../components/Button.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { Pager } from "../../../../../components/staff/Pager.tsx";
import { QueueFilters } from "../../../../../components/staff/QueueFilters.tsx";
import { QueueList } from "../../../../../components/staff/QueueList.tsx";
import QueueKeys from "../../../../../islands/QueueKeys.tsx";
import QueueNews from "../../../../../islands/QueueNews.tsx";
import { readBranches } from "../../../../../site/branches.ts";
import {
  isNarrowed,
  listPart,
  partQuery,
  queueFilter,
  queueQuery,
} from "../../../../../site/claim_filters.ts";
import { readClaimRow } from "../../../../../site/claim_desk.ts";
import { readForm } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import { define, type State } from "../../../../../utils.ts";
import { z } from "zod";

/** Claims on one page. */
const PER_PAGE = 25;

/** Takes a claim that is nobody's. */
const TakeForm = z.looseObject({ act: z.literal("take"), claim: z.guid() });

export const handler = define.handlers({
  async GET({ state, url }) {
    const viewer = viewerOf(state);
    const owner = { tenantId: viewer.tenantId, userId: viewer.id };
    const filter = queueFilter(url.searchParams);
    const part = listPart(url.searchParams);
    const taken = url.searchParams.get("taken") ?? "";
    const [moment, list, figures, branches, tried] = await state.db((tx) =>
      Promise.all([
        readMoment(tx),
        readQueue(tx, owner, filter, part, PER_PAGE),
        readQueueFigures(tx, owner),
        readBranches(tx, viewer.tenantId),
        isUuid(taken) ? readClaimRow(tx, taken) : null,
      ])
    );
    return page({ filter, part, moment, list, figures, branches, tried });
  },

  /** Back to the same list, which says whose the claim is now. */
  async POST(ctx) {
    const { state, url } = ctx;
    const form = await readForm(ctx.req, TakeForm);
    const here = {
      ...queueQuery(queueFilter(url.searchParams)),
      ...partQuery(listPart(url.searchParams)),
    };
    if (!form.ok) return ctx.redirect(withQuery(url.pathname, here), 303);
    const { claim: claimId } = form.value;
    const to = viewerOf(state).id;
    await unlessRefused(
      state.db((tx) => assignClaim(tx, { claimId, to, from: null, reason: null })),
    );
    return ctx.redirect(withQuery(url.pathname, { ...here, taken: claimId }), 303);
  },
});

export default define.page<typeof handler>(function Queue({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { filter, part, moment, list, figures, branches, tried } = data;
  const viewer = viewerOf(state);
  const path = `/${locale}/staff/claims`;
  const query = queueQuery(filter);
  const here = withQuery(path, { ...query, ...partQuery(part) });
  const from = here.slice(path.length + 1);
  return (
    <Page i18n={i18n} title={t("desk.staff.title")} ready="staff-page-ready" class="page">
      <DeskHead title={t("desk.staff.title")} text={t("desk.staff.text")} />
      {tried && <Taken state={state} claim={tried} viewerId={viewer.id} />}
      <QueueFilters
        i18n={i18n}
        locale={locale}
        filter={filter}
        figures={figures}
        branches={branches}
      />
      {filter.view === null && filter.search !== null && (
        <p class="fine">{t("queue.found", { word: filter.search })}</p>
      )}
      {list.rows.length === 0
        ? <Nothing state={state} filter={filter} />
        : (
          <div class="queue-parts">
            <QueueKeys
              title={t("queue.keys.title")}
              keys={[
                [["j", "k"], t("queue.keys.move")],
                [["Enter"], t("queue.keys.open")],
                [["c"], t("queue.keys.take")],
                [["/"], t("queue.keys.search")],
              ]}
              turnOff={t("queue.keys.off")}
              turnOn={t("queue.keys.on")}
            />
            <QueueList
              i18n={i18n}
              locale={locale}
              rows={list.rows}
              viewerId={viewer.id}
              now={state.services.clock.now()}
              timeZone={tenant.timeZone}
              byDue={isByDue(filter)}
              here={here}
              from={from}
            />
          </div>
        )}
      {mayGrow(filter) && (
        <QueueNews
          url={withQuery(`${path}/new`, { ...query, since: `${moment}` })}
          href={here}
          text={t("queue.new")}
          show={t("queue.new.show")}
        />
      )}
      <Pager i18n={i18n} path={path} query={query} part={part} list={list} />
    </Page>
  );
});

/** Whether a claim that comes in can belong to the list. */
function mayGrow({ view, status }: ReturnType<typeof queueFilter>): boolean {
  return view !== "closed" && view !== "mine" && (status === null || status === "submitted");
}

/** Whose a claim is that someone pressed "Take it" on. */
function Taken(
  { state, claim, viewerId }: {
    readonly state: State;
    readonly claim: ClaimRow;
    readonly viewerId: string;
  },
) {
  const { i18n: { t }, locale } = state;
  const number = claim.claimNumber ?? "";
  const isYours = claim.assignedTo === viewerId;
  return (
    <div data-testid={isYours ? "queue-taken" : "queue-taken-by-other"}>
      <Notice kind={isYours ? "good" : "warning"}>
        <p>
          {isYours
            ? t("queue.taken.yours", { number })
            : claim.assignedTo === null
            ? t("queue.taken.nobodys", { number })
            : t("queue.taken.theirs", { number, name: claim.assigneeName || t("role.staff") })}{" "}
          <a href={`/${locale}/staff/claims/${claim.id}`}>{t("queue.taken.open")}</a>
        </p>
      </Notice>
    </div>
  );
}

/** Why the list is empty, and where to look instead. */
function Nothing(
  { state, filter }: {
    readonly state: State;
    readonly filter: ReturnType<typeof queueFilter>;
  },
) {
  const { i18n: { t }, locale } = state;
  const path = `/${locale}/staff/claims`;
  if (isNarrowed(filter)) {
    const everywhere = filter.search !== null && filter.view !== null;
    return (
      <div class="nothing nothing-ways">
        <p>{t("queue.nothing.found")}</p>
        <p class="actions">
          {everywhere && (
            <a class={buttonClass("secondary")} href={withQuery(path, { q: filter.search })}>
              {t("queue.nothing.everywhere")}
            </a>
          )}
          <a class={buttonClass("quiet")} href={withQuery(path, { view: filter.view })}>
            {t("admin.clear")}
          </a>
        </p>
      </div>
    );
  }
  if (filter.view !== null && filter.view !== "now") {
    return <p class="nothing">{t("queue.nothing.view")}</p>;
  }
  return (
    <div class="nothing nothing-ways">
      <h2>{t("queue.nothing.now")}</h2>
      <p>{t("queue.nothing.now.text")}</p>
      <p>
        <ButtonLink href={withQuery(path, { view: "all" })} kind="secondary">
          {t("queue.nothing.all")}
        </ButtonLink>
      </p>
    </div>
  );
}
