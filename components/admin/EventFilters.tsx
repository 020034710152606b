import { KNOWN_EVENT_TYPES } from "@core/billing/paddle_event_types.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { withQuery } from "../../site/links.ts";
import type { Backlog } from "../../site/webhook_events.ts";
import {
  EVENT_STATES,
  type EventFilter,
  type EventState,
  filterQuery,
  isNarrowed,
} from "../../site/webhook_filter.ts";
import { buttonClass } from "../Button.tsx";
import { Chips } from "../Chips.tsx";

/** Props of {@linkcode EventFilters}. */
export interface EventFiltersProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly filter: EventFilter;
  readonly backlog: Backlog;
}

/** What to look for: the state by links with figures, everything else by a form. */
export function EventFilters({ i18n, locale, filter, backlog }: EventFiltersProps) {
  const { t } = i18n;
  const path = `/${locale}/admin/webhooks`;
  const figures: Partial<Record<EventState, number>> = {
    failed: backlog.failed,
    "given_up": backlog.givenUp,
    waiting: backlog.waiting,
  };
  return (
    <search class="filters">
      <Chips
        label={t("admin.events.state")}
        chips={[null, ...EVENT_STATES].map((state) => {
          const figure = state === null ? undefined : figures[state];
          return {
            text: t(state === null ? "admin.events.all" : `admin.events.state.${state}`),
            // Without a path, for Fresh marks every link to the page's own as the current one.
            href: withQuery("", filterQuery({ ...filter, state })) || "?",
            isCurrent: filter.state === state,
            ...(figure === undefined
              ? {}
              : { figure: i18n.number(figure), isAlarming: figure > 0 }),
          };
        })}
      />
      <form method="get" action={path} class="filter-form">
        {filter.state && <input type="hidden" name="state" value={filter.state} />}
        <div class="field">
          <label for="type">{t("admin.events.type")}</label>
          <input
            id="type"
            name="type"
            value={filter.type ?? ""}
            list="event-types"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
          <datalist id="event-types">
            {KNOWN_EVENT_TYPES.map((type) => <option key={type} value={type} />)}
          </datalist>
        </div>
        <div class="field">
          <label for="member">{t("admin.events.member_or_id")}</label>
          <input id="member" name="member" value={filter.member ?? ""} autocomplete="off" />
        </div>
        <div class="field">
          <label for="from">{t("admin.events.from")}</label>
          <input id="from" name="from" type="date" value={filter.from ?? ""} />
        </div>
        <div class="field">
          <label for="to">{t("admin.events.to")}</label>
          <input id="to" name="to" type="date" value={filter.to ?? ""} />
        </div>
        <div class="filter-actions">
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {isNarrowed(filter) && (
            <a class={buttonClass("quiet")} href={withQuery(path, { state: filter.state })}>
              {t("admin.clear")}
            </a>
          )}
        </div>
      </form>
    </search>
  );
}
