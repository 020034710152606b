import { type Context, page } from "fresh";
import type { Role } from "@core/identity/roles.ts";
import { InviteFields } from "../../../../../components/account/InviteFields.tsx";
import { TenantChips } from "../../../../../components/admin/TenantChips.tsx";
import { Choice } from "../../../../../components/Choice.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { type BranchChoice, readBranches } from "../../../../../site/branches.ts";
import { type ChosenTenant, chosenTenant } from "../../../../../site/chosen_tenant.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { invite, InviteForm, languageOf } from "../../../../../site/invite_forms.ts";
import { withQuery } from "../../../../../site/links.ts";
import { readGrantableRoles } from "../../../../../site/users.ts";
import { define, type State } from "../../../../../utils.ts";

interface InviteData {
  readonly roles: readonly Role[];
  readonly branches: readonly BranchChoice[];
  readonly problems: readonly Problem[];
  readonly typed: Typed;
  readonly chosen: ChosenTenant;
}

async function show(
  ctx: Context<State>,
  problems: readonly Problem[],
  typed: Typed,
  status = 200,
) {
  const { state, url } = ctx;
  const data = await state.db(async (tx) => {
    const chosen = await chosenTenant(tx, viewerOf(state), url.searchParams);
    const [roles, branches] = await Promise.all([
      readGrantableRoles(tx),
      readBranches(tx, chosen.id),
    ]);
    return { roles, branches, chosen };
  });
  return page<InviteData>({ ...data, problems, typed }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, [], {}),

  async POST(ctx) {
    const form = await readForm(ctx.req, InviteForm);
    if (!form.ok) return await show(ctx, form.problems, form.typed, 422);
    const { email, name, role, branch, language } = form.value;
    const { parameter } = await ctx.state.db((tx) =>
      chosenTenant(tx, viewerOf(ctx.state), ctx.url.searchParams)
    );
    const result = await invite(ctx, {
      email,
      role,
      branchId: branch,
      fullName: name,
      locale: languageOf(language, ctx.state.locale),
      tenantId: parameter,
    });
    if ("problem" in result) return await show(ctx, [result.problem], form.typed, result.status);
    return ctx.redirect(
      withQuery(`/${ctx.state.locale}/admin/users`, { done: result.done, tenant: parameter }),
      303,
    );
  },
});

export default define.page<typeof handler>(function InviteUser({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { roles, branches, problems, typed, chosen } = data;
  const { parameter } = chosen;
  return (
    <Page i18n={i18n} title={t("users.invite")} ready="admin-invite-ready" class="page">
      <DeskHead
        title={t("users.invite")}
        text={t("invite.text")}
        back={{
          href: withQuery(`/${locale}/admin/users`, { tenant: parameter }),
          text: t("users.title"),
        }}
      />
      <TenantChips i18n={i18n} {...chosen} />
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={withQuery(url.pathname, { tenant: parameter })}
          class="form card"
          novalidate
        >
          <p>{t("invite.tenant", { tenant: chosen.name })}</p>
          <InviteFields
            i18n={i18n}
            typed={typed}
            problems={problems}
            language={chosen.defaultLocale}
          />
          <Choice
            i18n={i18n}
            name="role"
            label={t("users.role")}
            value={typed["role"] ?? "staff"}
            options={roles.map((value) => ({ value, text: t(`role.${value}`) }))}
            problems={problems}
          />
          <Choice
            i18n={i18n}
            name="branch"
            label={t("users.edit.branch")}
            value={typed["branch"] ?? ""}
            options={[
              { value: "", text: t("users.edit.branch.none") },
              ...branches.map(({ id, name }) => ({ value: id, text: name })),
            ]}
            problems={problems}
          />
          <SubmitOnce
            text={t("invite.submit")}
            busyText={t("form.busy")}
            class="button button-primary button-large"
            testId="invite-submit"
          />
        </form>
      </div>
    </Page>
  );
});
