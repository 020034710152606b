import { type Context, HttpError, page } from "fresh";
import { ChangeList } from "../../../../../components/administration/ChangeList.tsx";
import { HoursForm, SupportForm } from "../../../../../components/administration/SettingsForms.tsx";
import { SettingsNav } from "../../../../../components/administration/SettingsNav.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import { type ChosenTenant, chosenTenant } from "../../../../../site/chosen_tenant.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { withQuery } from "../../../../../site/links.ts";
import {
  readChangesBy,
  readTenantSettings,
  saveTenantSettings,
  SettingsForm,
  type TenantSettings,
} from "../../../../../site/tenant_settings.ts";
import type { AuditLine } from "../../../../../site/webhook_events.ts";
import { define, type State } from "../../../../../utils.ts";

interface SettingsData {
  readonly tenant: ChosenTenant;
  readonly settings: TenantSettings;
  readonly changes: readonly AuditLine[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

async function show(ctx: Context<State>, typed: Typed, problems: readonly Problem[], status = 200) {
  const { state, url } = ctx;
  const data = await state.db(async (tx) => {
    const tenant = await chosenTenant(tx, viewerOf(state), url.searchParams);
    const [settings, changes] = await Promise.all([
      readTenantSettings(tx, tenant.id),
      readChangesBy(tx, tenant.id, ["settings.updated"]),
    ]);
    return { tenant, settings, changes };
  });
  const { settings } = data;
  if (settings === null) throw new HttpError(404);
  return page<SettingsData>({ ...data, settings, typed, problems }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, {}, []),

  async POST(ctx) {
    const { state, url } = ctx;
    const form = await readForm(ctx.req, SettingsForm);
    if (!form.ok) return await show(ctx, form.typed, form.problems, 422);
    const viewer = viewerOf(state);
    const tenant = await state.db((tx) => chosenTenant(tx, viewer, url.searchParams));
    try {
      await state.db((tx) => saveTenantSettings(tx, tenant.id, form.value));
    } catch (error) {
      return await show(ctx, form.typed, [administrationProblem(error)], 422);
    }
    state.services.tenants.forget();
    return ctx.redirect(
      withQuery(url.pathname, { tenant: tenant.parameter, saved: form.value.do }),
      303,
    );
  },
});

export default define.page<typeof handler>(function Settings({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { tenant, settings, changes, typed, problems } = data;
  const saved = url.searchParams.has("saved") && problems.length === 0;
  const action = withQuery(url.pathname, { tenant: tenant.parameter });
  const form = { i18n, settings, typed, problems, action };
  return (
    <Page
      i18n={i18n}
      title={t("settings.title")}
      ready="admin-settings-ready"
      class="page"
    >
      <DeskHead
        title={`${t("settings.title")}: ${tenant.name}`}
        text={t("administration.settings.text")}
      />
      <SettingsNav
        i18n={i18n}
        locale={locale}
        viewer={viewerOf(state)}
        current="settings"
        tenant={tenant}
      />
      {saved && (
        <Notice kind="good">
          <p>{t("administration.saved")}</p>
        </Notice>
      )}
      <ErrorSummary i18n={i18n} problems={problems} />
      <div class="settings">
        <HoursForm {...form} />
        <SupportForm {...form} />
      </div>
      <ChangeList i18n={i18n} locale={locale} lines={changes} />
    </Page>
  );
});
