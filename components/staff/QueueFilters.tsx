import { CLAIM_CATEGORIES, CLOSED_STATUSES, OPEN_STATUSES } from "@core/claims/claim.ts";
import {
  FIGURE_CAP,
  QUEUE_VIEWS,
  type QueueFigures,
  type QueueFilter,
  type QueueView,
} from "@core/claims/queue.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { BranchChoice } from "../../site/branches.ts";
import { isNarrowed, queueQuery } from "../../site/claim_filters.ts";
import { withQuery } from "../../site/links.ts";
import { buttonClass } from "../Button.tsx";
import { FilterChoice } from "./FilterChoice.tsx";

/** Props of {@linkcode QueueFilters}. */
export interface QueueFiltersProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly filter: QueueFilter;
  readonly figures: QueueFigures;
  readonly branches: readonly BranchChoice[];
}

/** What to look for: the part of the queue by links with figures, everything else by a form. */
export function QueueFilters({ i18n, locale, filter, figures, branches }: QueueFiltersProps) {
  const { t } = i18n;
  const path = `/${locale}/staff/claims`;
  const view = filter.view ?? (filter.search === null ? "now" : null);
  const statuses = view === "closed"
    ? CLOSED_STATUSES
    : filter.search === null
    ? OPEN_STATUSES
    : [...OPEN_STATUSES, ...CLOSED_STATUSES];
  return (
    <search class="filters">
      <nav aria-label={t("queue.views")}>
        <ul class="chips">
          {QUEUE_VIEWS.map((one) => (
            <li key={one}>
              <a
                // Without a path, for Fresh marks every link to the page's own as the current one.
                href={withQuery("", { ...queueQuery(inView(filter, one)), view: one }) || "?"}
                aria-current={view === one ? "true" : undefined}
                data-testid={`queue-view-${one}`}
              >
                {t(`queue.view.${one}`)}
                {one !== "closed" && <Figure i18n={i18n} view={one} figures={figures} />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form method="get" action={path} class="filter-form">
        {filter.view && <input type="hidden" name="view" value={filter.view} />}
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
          every={t("queue.every")}
          chosen={filter.status}
          choices={statuses.map((status) => ({ id: status, name: t(`queue.status.${status}`) }))}
        />
        <FilterChoice
          name="category"
          label={t("queue.category")}
          every={t("queue.every")}
          chosen={filter.category}
          choices={CLAIM_CATEGORIES.map((id) => ({ id, name: t(`claim.category.${id}`) }))}
        />
        <FilterChoice
          name="branch"
          label={t("desk.branch")}
          every={t("queue.every")}
          chosen={filter.branchId}
          choices={branches}
        />
        <div class="filter-actions">
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {isNarrowed(filter) && (
            <a class={buttonClass("quiet")} href={withQuery(path, { view: filter.view })}>
              {t("admin.clear")}
            </a>
          )}
        </div>
      </form>
    </search>
  );
}

/** The filter in another part of the queue; a status that does not occur there is left out. */
function inView(filter: QueueFilter, view: QueueView): QueueFilter {
  const isThere = filter.status !== null &&
    ((view === "closed") === (CLOSED_STATUSES as readonly string[]).includes(filter.status));
  return { ...filter, view, status: isThere ? filter.status : null };
}

function Figure(
  { i18n, view, figures }: {
    readonly i18n: I18n;
    readonly view: Exclude<QueueView, "closed">;
    readonly figures: QueueFigures;
  },
) {
  const figure = figures[view];
  const presses = view === "now" && figures.overdue > 0;
  return (
    <span class={presses ? "chip-figure chip-figure-some" : "chip-figure"}>
      {figure >= FIGURE_CAP ? `${FIGURE_CAP - 1}+` : i18n.number(figure)}
    </span>
  );
}
