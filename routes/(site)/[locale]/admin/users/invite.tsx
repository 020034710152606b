import { type Context, page } from "fresh";
import type { Role } from "@core/identity/roles.ts";
import { InviteFields } from "../../../../../components/account/InviteFields.tsx";
import { Choice } from "../../../../../components/Choice.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { type BranchChoice, readBranches } from "../../../../../site/branches.ts";
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
}

async function show(
  ctx: Context<State>,
  problems: readonly Problem[],
  typed: Typed,
  status = 200,
) {
  const { tenantId } = viewerOf(ctx.state);
  const [roles, branches] = await ctx.state.db((tx) =>
    Promise.all([readGrantableRoles(tx), readBranches(tx, tenantId)])
  );
  return page<InviteData>({ roles, branches, problems, typed }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, [], {}),

  async POST(ctx) {
    const form = await readForm(ctx.req, InviteForm);
    if (!form.ok) return await show(ctx, form.problems, form.typed, 422);
    const { email, name, role, branch, language } = form.value;
    const result = await invite(ctx, {
      email,
      role,
      branchId: branch,
      fullName: name,
      locale: languageOf(language, ctx.state.locale),
      tenantId: null,
    });
    if ("problem" in result) return await show(ctx, [result.problem], form.typed, result.status);
    return ctx.redirect(
      withQuery(`/${ctx.state.locale}/admin/users`, { done: result.done }),
      303,
    );
  },
});

export default define.page<typeof handler>(function InviteUser({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { roles, branches, problems, typed } = data;
  return (
    <Page i18n={i18n} title={t("users.invite")} ready="admin-invite-ready" class="page">
      <p>
        <a href={`/${locale}/admin/users`}>{t("users.title")}</a>
      </p>
      <DeskHead title={t("users.invite")} text={t("invite.text")} />
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={url.pathname} class="form card" novalidate>
          <InviteFields
            i18n={i18n}
            typed={typed}
            problems={problems}
            language={tenant.defaultLocale}
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
