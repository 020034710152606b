import { page } from "fresh";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { Card } from "../../../../../components/Card.tsx";
import { Chips } from "../../../../../components/Chips.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Comments } from "../../../../../components/nps/Comments.tsx";
import { Distribution } from "../../../../../components/nps/Distribution.tsx";
import { Figures } from "../../../../../components/nps/Figures.tsx";
import { Trend } from "../../../../../components/nps/Trend.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { viewerOf } from "../../../../../site/guards.ts";
import { readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import {
  type NpsFilter,
  npsFilter,
  npsQuery,
  PERIODS,
  readByTenant,
  readComments,
  readScores,
  readSendings,
  readTrend,
  type TenantAnswers,
} from "../../../../../site/nps_results.ts";
import {
  answersIn,
  groupCounts,
  netPromoterScore,
  NPS_GROUPS,
  signed,
} from "../../../../../site/nps_score.ts";
import { readTenantNames } from "../../../../../site/tenant_names.ts";
import { define, type State } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const now = state.services.clock.now();
    const { timeZone } = state.tenant;
    const seesAll = viewerOf(state).role === "super_admin";
    const after = readCursor(url.searchParams.get("after"));
    const data = await state.db(async (tx) => {
      const tenants = seesAll ? await readTenantNames(tx) : new Map<string, string>();
      const filter = npsFilter(url.searchParams, [...tenants.keys()]);
      const [scores, sendings, trend, byTenant, list] = await Promise.all([
        readScores(tx, filter, now),
        readSendings(tx, filter, now),
        readTrend(tx, filter.tenant, timeZone, now),
        seesAll && filter.tenant === null ? readByTenant(tx, filter, now) : [],
        readComments(tx, filter, now, after),
      ]);
      return { tenants, filter, scores, sendings, trend, byTenant, list };
    });
    return page({ ...data, after });
  },
});

export default define.page<typeof handler>(function NpsResults({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { tenants, filter, scores, sendings, trend, byTenant } = data;
  const groups = groupCounts(scores);
  const answers = answersIn(groups);
  const isNew = answers === 0 && trend.every((month) => answersIn(month) === 0);
  return (
    <Page i18n={i18n} title={t("nps.admin.title")} ready="admin-nps-ready" class="page">
      <DeskHead title={t("nps.admin.title")} text={t("nps.admin.text")} />
      <div class="filters">
        <Chips
          label={t("nps.admin.period")}
          chips={PERIODS.map((period) => ({
            text: t(`nps.admin.period.${period}`),
            href: hrefOf({ ...filter, period }),
            isCurrent: filter.period === period,
          }))}
        />
        {tenants.size > 1 && (
          <Chips
            label={t("nps.admin.tenant")}
            chips={[null, ...tenants.keys()].map((tenant) => ({
              text: tenant === null ? t("nps.admin.tenant.all") : tenants.get(tenant) ?? tenant,
              href: hrefOf({ ...filter, tenant }),
              isCurrent: filter.tenant === tenant,
            }))}
          />
        )}
      </div>
      {isNew && (
        <div class="nothing" data-testid="nps-empty">
          <p class="nothing-title">{t("nps.admin.empty.title")}</p>
          <p>{t("nps.admin.empty.text")}</p>
          {sendings.sent > 0 && <p>{i18n.plural("nps.admin.empty.sent", sendings.sent)}</p>}
        </div>
      )}
      {!isNew && answers === 0 && <p class="nothing">{t("nps.admin.none_in_period")}</p>}
      {answers > 0 && (
        <>
          <Figures i18n={i18n} groups={groups} sendings={sendings} />
          {byTenant.length > 1 && <ByTenant i18n={i18n} rows={byTenant} filter={filter} />}
        </>
      )}
      {!isNew && (
        <div class="columns columns-top">
          {answers > 0 && (
            <Card title={t("nps.admin.distribution")}>
              <Distribution i18n={i18n} counts={scores} />
            </Card>
          )}
          <Card title={t("nps.admin.trend")}>
            <Trend i18n={i18n} months={trend} />
          </Card>
        </div>
      )}
      {answers > 0 && (
        <Words
          i18n={i18n}
          locale={locale}
          filter={filter}
          list={data.list}
          isFirst={data.after === null}
          tenants={tenants.size > 1 && filter.tenant === null ? tenants : null}
        />
      )}
    </Page>
  );
});

/** The same page for another filter; without a path, for Fresh marks every link to it as current. */
function hrefOf(filter: NpsFilter): string {
  return withQuery("", npsQuery(filter)) || "?";
}

type I18n = State["i18n"];

interface ByTenantProps {
  readonly i18n: I18n;
  readonly rows: readonly TenantAnswers[];
  readonly filter: NpsFilter;
}

function ByTenant({ i18n, rows, filter }: ByTenantProps) {
  const { t } = i18n;
  return (
    <section class="section">
      <h2>{t("nps.admin.by_tenant")}</h2>
      <DataTable
        caption={t("nps.admin.by_tenant")}
        rows={rows}
        keyOf={({ tenantId }) => tenantId}
        testId="nps-tenant"
        columns={[
          {
            name: t("nps.admin.tenant"),
            cell: ({ tenantId, tenantName }) => (
              <a href={hrefOf({ ...filter, tenant: tenantId })}>{tenantName}</a>
            ),
          },
          {
            name: t("nps.admin.score"),
            cell: (row) => <span class="number">{signed(netPromoterScore(row))}</span>,
          },
          { name: t("nps.admin.answers"), cell: (row) => i18n.number(answersIn(row)) },
        ]}
      />
    </section>
  );
}

interface WordsProps {
  readonly i18n: I18n;
  readonly locale: State["locale"];
  readonly filter: NpsFilter;
  readonly list: Awaited<ReturnType<typeof readComments>>;
  readonly isFirst: boolean;
  readonly tenants: ReadonlyMap<string, string> | null;
}

function Words({ i18n, locale, filter, list, isFirst, tenants }: WordsProps) {
  const { t } = i18n;
  const { comments, next } = list;
  return (
    <section class="section" id="comments">
      <h2>{t("nps.admin.comments")}</h2>
      <Chips
        label={t("nps.admin.comments")}
        chips={[null, ...NPS_GROUPS].map((group) => ({
          text: t(group === null ? "nps.admin.comments.all" : `nps.admin.group.${group}`),
          href: `${hrefOf({ ...filter, group })}#comments`,
          isCurrent: filter.group === group,
        }))}
      />
      {comments.length === 0
        ? <p class="nothing">{t("nps.admin.comments.none")}</p>
        : <Comments i18n={i18n} locale={locale} comments={comments} tenants={tenants} />}
      <div class="actions">
        {!isFirst && (
          <ButtonLink href={`${hrefOf(filter)}#comments`} kind="secondary">
            {t("admin.newest")}
          </ButtonLink>
        )}
        {next !== null && (
          <ButtonLink
            href={`${withQuery("", { ...npsQuery(filter), after: writeCursor(next) })}#comments`}
            kind="secondary"
          >
            {t("admin.older")}
          </ButtonLink>
        )}
      </div>
    </section>
  );
}
