import { page } from "fresh";
import { TenantFields } from "../../../../../components/administration/TenantFields.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { createTenant, NewTenantForm } from "../../../../../site/tenants.ts";
import { define } from "../../../../../utils.ts";

interface NewTenantData {
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

export const handler = define.handlers({
  GET: () => page<NewTenantData>({ typed: {}, problems: [] }),

  async POST(ctx) {
    const form = await readForm(ctx.req, NewTenantForm);
    const { typed } = form;
    if (!form.ok) return page<NewTenantData>({ typed, problems: form.problems }, { status: 422 });
    try {
      await ctx.state.db((tx) => createTenant(tx, form.value));
    } catch (error) {
      const problems = [administrationProblem(error)];
      return page<NewTenantData>({ typed, problems }, { status: 422 });
    }
    ctx.state.services.tenants.forget();
    return ctx.redirect(`/${ctx.state.locale}/admin/tenants/${form.value.id}?saved=`, 303);
  },
});

export default define.page<typeof handler>(function NewTenant({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { typed, problems } = data;
  const field = { i18n, problems, autocomplete: "off" };
  return (
    <Page i18n={i18n} title={t("tenants.new")} ready="admin-new-tenant-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/tenants`}>{t("tenants.title")}</a>
        </p>
        <h1>{t("tenants.new")}</h1>
        <p class="lead">{t("tenants.new.text")}</p>
      </header>
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={url.pathname} class="form card" novalidate>
          <Field
            {...field}
            name="id"
            label={t("tenants.id")}
            hint={t("tenants.id.hint")}
            value={typed["id"]}
            maxLength={31}
          />
          <Field
            {...field}
            name="country"
            label={t("tenants.country")}
            hint={t("tenants.country.hint")}
            value={typed["country"]}
            maxLength={2}
          />
          <TenantFields i18n={i18n} typed={typed} problems={problems} />
          <Field
            {...field}
            type="email"
            name="email"
            label={t("administration.support.email")}
            value={typed["email"]}
          />
          <Field
            {...field}
            type="tel"
            name="phone"
            label={t("administration.support.phone")}
            hint={t("administration.phone.hint")}
            value={typed["phone"]}
          />
          <div class="actions">
            <button type="submit" class={buttonClass("primary")}>{t("tenants.create")}</button>
          </div>
        </form>
      </div>
    </Page>
  );
});
