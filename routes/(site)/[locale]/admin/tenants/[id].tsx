import { type Context, HttpError, page } from "fresh";
import { ChangeList } from "../../../../../components/administration/ChangeList.tsx";
import { TenantFields } from "../../../../../components/administration/TenantFields.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { Tick } from "../../../../../components/Tick.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { withQuery } from "../../../../../site/links.ts";
import { readChangesBy } from "../../../../../site/tenant_settings.ts";
import {
  changeTenant,
  readTenantRow,
  TenantForm,
  type TenantRow,
} from "../../../../../site/tenants.ts";
import type { AuditLine } from "../../../../../site/webhook_events.ts";
import { define, type State } from "../../../../../utils.ts";

interface TenantData {
  readonly tenant: TenantRow;
  readonly changes: readonly AuditLine[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

async function show(
  ctx: Context<State>,
  typed: Typed | null,
  problems: readonly Problem[],
  status = 200,
) {
  const id = ctx.params["id"] ?? "";
  const data = await ctx.state.db(async (tx) => {
    const tenant = await readTenantRow(tx, id);
    if (tenant === null) throw new HttpError(404);
    const changes = await readChangesBy(tx, id, ["tenant.created", "tenant.updated"], id);
    return { tenant, changes };
  });
  return page<TenantData>({ ...data, typed: typed ?? storedFields(data.tenant), problems }, {
    status,
  });
}

/** A country as its form shows it. */
function storedFields(tenant: TenantRow): Typed {
  return {
    name: tenant.name,
    "legal_name": tenant.legalName,
    locale: tenant.defaultLocale,
    zone: tenant.timeZone,
    hosts: tenant.hosts.join(" "),
    ...(tenant.isActive ? { active: "yes" } : {}),
  };
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, null, []),

  async POST(ctx) {
    const id = ctx.params["id"] ?? "";
    const form = await readForm(ctx.req, TenantForm);
    if (!form.ok) return await show(ctx, form.typed, form.problems, 422);
    try {
      await ctx.state.db((tx) => changeTenant(tx, id, form.value));
    } catch (error) {
      return await show(ctx, form.typed, [administrationProblem(error)], 422);
    }
    ctx.state.services.tenants.forget();
    return ctx.redirect(withQuery(ctx.url.pathname, { saved: "" }), 303);
  },
});

export default define.page<typeof handler>(function Tenant({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { tenant, changes, typed, problems } = data;
  return (
    <Page i18n={i18n} title={tenant.name} ready="admin-tenant-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/tenants`}>{t("tenants.title")}</a>
        </p>
        <h1>{tenant.name}</h1>
        <p class="lead">
          <code>{tenant.id}</code> · {tenant.countryCode} · {tenant.currency}
        </p>
      </header>
      {url.searchParams.has("saved") && problems.length === 0 && (
        <Notice kind="good">
          <p>{t("administration.saved")}</p>
        </Notice>
      )}
      <p>
        <a href={withQuery(`/${locale}/admin/settings`, { tenant: tenant.id })}>
          {t("tenants.settings")}
        </a>
      </p>
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={url.pathname}
          class="form card"
          data-testid="tenant-form"
          novalidate
        >
          <TenantFields i18n={i18n} typed={typed} problems={problems} />
          <Tick
            name="active"
            label={t("tenants.active")}
            hint={t(tenant.isDefault ? "tenants.default_stays" : "tenants.active.hint")}
            checked={typed["active"] !== undefined}
          />
          <div class="actions">
            <button type="submit" class={buttonClass("primary")}>{t("administration.save")}</button>
          </div>
        </form>
      </div>
      <ChangeList i18n={i18n} locale={locale} lines={changes} />
    </Page>
  );
});
