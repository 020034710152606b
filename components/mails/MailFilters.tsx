import { MAIL_TEMPLATES } from "@core/outreach/mails/templates.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { withQuery } from "../../site/links.ts";
import type { MailBacklog } from "../../site/mail_ledger.ts";
import {
  isNarrowed,
  MAIL_STATES,
  type MailFilter,
  mailQuery,
  type MailState,
} from "../../site/mail_filter.ts";
import { buttonClass } from "../Button.tsx";
import { Chips } from "../Chips.tsx";

/** Props of {@linkcode MailFilters}. */
export interface MailFiltersProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly filter: MailFilter;
  readonly backlog: MailBacklog;
}

/** What to look for: the state by links with figures, everything else by a form. */
export function MailFilters({ i18n, locale, filter, backlog }: MailFiltersProps) {
  const { t } = i18n;
  const path = `/${locale}/admin/mails`;
  const figures: Partial<Record<MailState, number>> = {
    error: backlog.failed,
    returned: backlog.returned,
    pending: backlog.waiting,
  };
  return (
    <search class="filters">
      <Chips
        label={t("admin.events.state")}
        chips={[null, ...MAIL_STATES].map((state) => ({
          text: t(state === null ? "mails.all" : `mails.state.${state}`),
          // Without a path, for Fresh marks every link to the page's own as the current one.
          href: withQuery("", mailQuery({ ...filter, state })) || "?",
          isCurrent: filter.state === state,
          ...figureOf(i18n, state, figures),
        }))}
      />
      <form method="get" action={path} class="filter-form">
        {filter.state && <input type="hidden" name="state" value={filter.state} />}
        <div class="field">
          <label for="template">{t("mails.mail")}</label>
          <select id="template" name="template">
            <option value="">{t("mails.any_template")}</option>
            {MAIL_TEMPLATES.map((template) => (
              <option key={template} value={template} selected={template === filter.template}>
                {t(`mails.template.${template}`)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="member">{t("mails.member")}</label>
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

/** How many there are, where somebody should look; what only waits is no alarm. */
function figureOf(
  i18n: I18n,
  state: MailState | null,
  figures: Partial<Record<MailState, number>>,
) {
  const figure = state === null ? undefined : figures[state];
  if (figure === undefined) return {};
  return { figure: i18n.number(figure), isAlarming: figure > 0 && state !== "pending" };
}
