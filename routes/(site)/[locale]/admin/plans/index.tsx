import { page } from "fresh";
import { ChangeList } from "../../../../../components/administration/ChangeList.tsx";
import { SettingsNav } from "../../../../../components/administration/SettingsNav.tsx";
import { Badge } from "../../../../../components/Badge.tsx";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Money } from "../../../../../components/Money.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { chosenTenant } from "../../../../../site/chosen_tenant.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { withQuery } from "../../../../../site/links.ts";
import { readPlanRows } from "../../../../../site/plan_settings.ts";
import { readChangesBy } from "../../../../../site/tenant_settings.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const data = await state.db(async (tx) => {
      const tenant = await chosenTenant(tx, viewerOf(state), url.searchParams);
      const [plans, changes] = await Promise.all([
        readPlanRows(tx, tenant.id),
        readChangesBy(tx, tenant.id, ["plan.created", "plan.updated"]),
      ]);
      return { tenant, plans, changes };
    });
    return page(data);
  },
});

export default define.page<typeof handler>(function Plans({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { tenant, plans, changes } = data;
  const path = `/${locale}/admin/plans`;
  return (
    <Page i18n={i18n} title={t("plans.title")} ready="admin-plans-ready" class="page">
      <DeskHead title={t("plans.title")} text={t("plans.text")} />
      <SettingsNav
        i18n={i18n}
        locale={locale}
        viewer={viewerOf(state)}
        current="plans"
        tenant={tenant}
      />
      <p>
        <ButtonLink href={withQuery(`${path}/new`, { tenant: tenant.parameter })}>
          {t("plans.new")}
        </ButtonLink>
      </p>
      {plans.length === 0 ? <p class="nothing">{t("plans.none")}</p> : (
        <DataTable
          caption={t("plans.title")}
          rows={plans}
          keyOf={({ id }) => id}
          testId="plan-row"
          columns={[
            {
              name: t("plans.name"),
              cell: ({ id, name }) => <a href={`${path}/${id}`}>{name}</a>,
            },
            { name: t("plans.tier"), cell: ({ tier }) => t(`plans.tier.${tier}`) },
            {
              name: t("plans.price.column"),
              cell: ({ priceCents, currency }) => (
                <Money i18n={i18n} cents={priceCents} currency={currency} />
              ),
            },
            {
              name: t("plans.price_id"),
              cell: ({ paddlePriceId }) => <code class="breakable">{paddlePriceId}</code>,
            },
            { name: t("plans.running"), cell: ({ running }) => i18n.number(running) },
            {
              name: t("admin.events.state"),
              cell: ({ isActive }) => (
                <Badge
                  tone={isActive ? "good" : "neutral"}
                  text={t(isActive ? "plans.offered" : "plans.retired")}
                />
              ),
            },
          ]}
        />
      )}
      <ChangeList i18n={i18n} locale={locale} lines={changes} />
    </Page>
  );
});
