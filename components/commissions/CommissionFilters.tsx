import type { CommissionSum } from "@core/agents/commissions.ts";
import { COMMISSION_STATUSES } from "@core/agents/commissions.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { AgentChoice, CommissionQuery } from "../../site/commission_filter.ts";
import { withQuery } from "../../site/links.ts";
import { buttonClass, ButtonLink } from "../Button.tsx";
import { Chips } from "../Chips.tsx";

/** Props of {@linkcode CommissionFilters}. */
export interface CommissionFiltersProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly asked: CommissionQuery;
  readonly agents: readonly AgentChoice[];
}

/** Which commissions: the state by links, agent and days by a form. */
export function CommissionFilters({ i18n, locale, asked, agents }: CommissionFiltersProps) {
  const { t } = i18n;
  const path = `/${locale}/admin/commissions`;
  return (
    <search class="filters">
      <Chips
        label={t("admin.events.state")}
        chips={[null, ...COMMISSION_STATUSES].map((status) => ({
          text: t(status === null ? "commissions.any" : `commission.status.${status}`),
          // Without a path, for Fresh marks every link to the page's own as the current one.
          href: withQuery("", { ...asked, status }) || "?",
          isCurrent: asked.status === status,
        }))}
      />
      <form method="get" action={path} class="filter-form">
        {asked.status && <input type="hidden" name="status" value={asked.status} />}
        <div class="field">
          <label for="agent">{t("role.agent")}</label>
          <select id="agent" name="agent">
            <option value="">{t("commissions.any_agent")}</option>
            {agents.map(({ id, name }) => (
              <option key={id} value={id} selected={id === asked.agent}>{name}</option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="from">{t("admin.events.from")}</label>
          <input id="from" name="from" type="date" value={asked.from ?? ""} />
        </div>
        <div class="field">
          <label for="to">{t("admin.events.to")}</label>
          <input id="to" name="to" type="date" value={asked.to ?? ""} />
        </div>
        <div class="filter-actions">
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {(asked.agent !== null || asked.from !== null || asked.to !== null) && (
            <a class={buttonClass("quiet")} href={withQuery("", { status: asked.status }) || "?"}>
              {t("admin.clear")}
            </a>
          )}
          <ButtonLink href={withQuery(`${path}/export`, { ...asked })} kind="secondary">
            {t("commissions.export")}
          </ButtonLink>
        </div>
      </form>
    </search>
  );
}

/** What the commissions add up to in each state. */
export function CommissionSums(
  { i18n, sums }: { readonly i18n: I18n; readonly sums: readonly CommissionSum[] },
) {
  const { t } = i18n;
  return (
    <dl class="money-sums" data-testid="commission-sums">
      {COMMISSION_STATUSES.map((status) => {
        const mine = sums.filter((sum) => sum.status === status);
        const count = mine.reduce((all, sum) => all + sum.count, 0);
        return (
          <div key={status} data-status={status}>
            <dt>{t(`commission.status.${status}`)}</dt>
            <dd>
              {mine.length === 0
                ? "–"
                : mine.map(({ cents, currency }) => i18n.money(cents, currency)).join(" + ")}
            </dd>
            <dd>{i18n.plural("commissions.count", count)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
