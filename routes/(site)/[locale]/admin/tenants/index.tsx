import { page } from "fresh";
import { SettingsNav } from "../../../../../components/administration/SettingsNav.tsx";
import { Badge } from "../../../../../components/Badge.tsx";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { DataTable } from "../../../../../components/DataTable.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { viewerOf } from "../../../../../site/guards.ts";
import { readTenantRows } from "../../../../../site/tenants.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  GET: async ({ state }) => page({ tenants: await state.db((tx) => readTenantRows(tx)) }),
});

export default define.page<typeof handler>(function Tenants({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const path = `/${locale}/admin/tenants`;
  return (
    <Page i18n={i18n} title={t("tenants.title")} ready="admin-tenants-ready" class="page">
      <DeskHead title={t("tenants.title")} text={t("tenants.text")} />
      <SettingsNav i18n={i18n} locale={locale} viewer={viewerOf(state)} current="tenants" />
      <p>
        <ButtonLink href={`${path}/new`}>{t("tenants.new")}</ButtonLink>
      </p>
      <DataTable
        caption={t("tenants.title")}
        rows={data.tenants}
        keyOf={({ id }) => id}
        testId="tenant-row"
        columns={[
          { name: t("tenants.name"), cell: ({ id, name }) => <a href={`${path}/${id}`}>{name}</a> },
          { name: t("tenants.id"), cell: ({ id }) => <code>{id}</code> },
          {
            name: t("tenants.hosts"),
            cell: ({ hosts }) => <span class="breakable">{hosts.join(", ") || "–"}</span>,
          },
          { name: t("branches.people"), cell: ({ people }) => i18n.number(people) },
          { name: t("branches.members"), cell: ({ members }) => i18n.number(members) },
          { name: t("branches.title"), cell: ({ branches }) => i18n.number(branches) },
          {
            name: t("admin.events.state"),
            cell: ({ isActive }) => (
              <Badge
                tone={isActive ? "good" : "neutral"}
                text={t(isActive ? "tenants.open" : "tenants.hidden")}
              />
            ),
          },
        ]}
      />
    </Page>
  );
});
