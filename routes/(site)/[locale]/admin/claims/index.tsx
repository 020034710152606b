import { page } from "fresh";
import { readColleagues } from "@core/claims/assign_store.ts";
import { CLAIM_CATEGORIES, CLAIM_STATUSES } from "@core/claims/claim.ts";
import type { ClaimRow, ListFilter } from "@core/claims/claim_list.ts";
import { type ClaimScope, listClaims } from "@core/claims/claim_list_store.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { buttonClass } from "../../../../../components/Button.tsx";
import { type Column, DataTable } from "../../../../../components/DataTable.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { dueTone, dueWords } from "../../../../../components/staff/due.ts";
import { Badge } from "../../../../../components/Badge.tsx";
import { FilterChoice } from "../../../../../components/staff/FilterChoice.tsx";
import { Pager } from "../../../../../components/staff/Pager.tsx";
import { StageBadge } from "../../../../../components/staff/StageBadge.tsx";
import { readBranches } from "../../../../../site/branches.ts";
import {
  isNarrowed,
  listFilter,
  listPart,
  listQuery,
  partQuery,
} from "../../../../../site/claim_filters.ts";
import { readMember, worksOnClaims } from "../../../../../site/claim_desk.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { withQuery } from "../../../../../site/links.ts";
import type { Viewer } from "../../../../../site/viewer.ts";
import { define, type State } from "../../../../../utils.ts";

/** Claims on one page. */
const PER_PAGE = 30;

/** Every claim that the viewer sees: of all tenants, of the own one, or of the own branch. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const viewer = viewerOf(state);
    const filter = listFilter(url.searchParams);
    const part = listPart(url.searchParams);
    const [list, branches, colleagues, member] = await state.db((tx) =>
      Promise.all([
        listClaims(tx, scopeOf(viewer), filter, part, PER_PAGE),
        readBranches(tx, viewer.tenantId),
        readColleagues(tx, viewer.tenantId),
        filter.memberId === null ? null : readMember(tx, filter.memberId),
      ])
    );
    return page({ filter, part, list, branches, colleagues, member });
  },
});

function scopeOf({ role, tenantId, branchId }: Viewer): ClaimScope {
  if (role === "super_admin") return { of: "everywhere" };
  return role === "branch_manager" && branchId !== null
    ? { of: "branch", tenantId, branchId }
    : { of: "tenant", tenantId };
}

export default define.page<typeof handler>(function AdminClaims({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { filter, part, list, member } = data;
  const viewer = viewerOf(state);
  const path = `/${locale}/admin/claims`;
  const query = listQuery(filter);
  const from = withQuery("", { ...query, ...partQuery(part) }).slice(1);
  const isForAll = worksOnClaims(viewer.role);
  return (
    <Page
      i18n={i18n}
      title={t("admin.claims.title")}
      ready="admin-claims-v2-ready"
      class="page"
    >
      <DeskHead
        title={t("admin.claims.title")}
        text={t(isForAll ? "admin.claims.text" : "admin.claims.text_branch")}
      />
      {member && (
        <p>
          {t("admin.claims.of_member", { name: member.fullName || member.email })}{" "}
          <a href={withQuery(path, { ...query, member: null })}>{t("admin.claims.of_everyone")}</a>
        </p>
      )}
      <Filters state={state} filter={filter} data={data} isForAll={isForAll} />
      {list.rows.length === 0
        ? (
          <p class="nothing">
            {t(
              isNarrowed(filter) || filter.memberId || filter.assignee
                ? "queue.nothing.found"
                : "admin.claims.nothing",
            )}
          </p>
        )
        : (
          <DataTable
            caption={t("admin.claims.title")}
            rows={list.rows}
            keyOf={({ id }) => id}
            testId="listed-claim"
            columns={columnsOf(i18n, locale, state.services.clock.now(), from)}
          />
        )}
      <Pager i18n={i18n} path={path} query={query} part={part} list={list} />
    </Page>
  );
});

function columnsOf(i18n: I18n, locale: Locale, now: number, from: string): Column<ClaimRow>[] {
  const { t } = i18n;
  const back = from === "" ? "" : `?from=${encodeURIComponent(from)}`;
  return [
    {
      name: t("admin.claims.claim"),
      cell: (row) => (
        <span class="stacked">
          <a id={`claim-${row.id}`} href={`/${locale}/admin/claims/${row.id}${back}`}>
            {row.title || t("queue.untitled")}
          </a>
          <span class="fine">
            {row.claimNumber && <span class="number">{row.claimNumber}</span>}
            {row.claimNumber && row.company && " · "}
            {row.company}
          </span>
        </span>
      ),
    },
    {
      name: t("role.member"),
      cell: (row) =>
        row.memberName === null
          ? "–"
          : <a href={`/${locale}/admin/members/${row.memberId}`}>{row.memberName}</a>,
    },
    { name: t("queue.status"), cell: (row) => <StageBadge i18n={i18n} status={row.status} /> },
    {
      name: t("admin.claims.due"),
      cell: (row) =>
        row.dueAt === null
          ? "–"
          : <Badge tone={dueTone(row, now)} text={dueWords(i18n, row, now)} />,
    },
    { name: t("queue.assignee"), cell: (row) => row.assigneeName ?? "–" },
    {
      name: t("admin.claims.begun"),
      cell: (row) => <DateTime i18n={i18n} when={row.createdAt} />,
    },
  ];
}

interface FiltersProps {
  readonly state: State;
  readonly filter: ListFilter;
  readonly data: {
    readonly branches: readonly { readonly id: string; readonly name: string }[];
    readonly colleagues: readonly { readonly id: string; readonly fullName: string }[];
  };
  /** Whether all branches and everyone who works there can be chosen from. */
  readonly isForAll: boolean;
}

function Filters({ state, filter, data, isForAll }: FiltersProps) {
  const { i18n: { t }, locale } = state;
  const path = `/${locale}/admin/claims`;
  const every = t("queue.every");
  return (
    <search>
      <form method="get" action={path} class="filter-form">
        {filter.memberId && <input type="hidden" name="member" value={filter.memberId} />}
        <div class="field filter-word">
          <label for="q">{t("queue.search")}</label>
          <input
            id="q"
            name="q"
            type="search"
            value={filter.search ?? ""}
            minLength={2}
            maxLength={100}
            autocomplete="off"
            enterkeyhint="search"
          />
        </div>
        <FilterChoice
          name="status"
          label={t("queue.status")}
          every={every}
          chosen={filter.status}
          choices={CLAIM_STATUSES.map((id) => ({ id, name: t(`queue.status.${id}`) }))}
        />
        <FilterChoice
          name="category"
          label={t("queue.category")}
          every={every}
          chosen={filter.category}
          choices={CLAIM_CATEGORIES.map((id) => ({ id, name: t(`claim.category.${id}`) }))}
        />
        {isForAll && (
          <FilterChoice
            name="branch"
            label={t("desk.branch")}
            every={every}
            chosen={filter.branchId}
            choices={data.branches}
          />
        )}
        {isForAll && (
          <FilterChoice
            name="assignee"
            label={t("queue.assignee")}
            every={every}
            chosen={filter.assignee}
            choices={data.colleagues.map(({ id, fullName }) => ({ id, name: fullName }))}
          />
        )}
        <div class="filter-actions">
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {(isNarrowed(filter) || filter.assignee) && (
            <a class={buttonClass("quiet")} href={withQuery(path, { member: filter.memberId })}>
              {t("admin.clear")}
            </a>
          )}
        </div>
      </form>
    </search>
  );
}
