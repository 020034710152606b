import { type Context, page } from "fresh";
import { InvitationList } from "../../../../../components/account/InvitationList.tsx";
import { InviteFields } from "../../../../../components/account/InviteFields.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { type OpenInvitation, readOpenInvitations } from "../../../../../site/invitations.ts";
import {
  actOnInvitation,
  InvitationActForm,
  invite,
  INVITE_DONE,
  InviteForm,
  languageOf,
} from "../../../../../site/invite_forms.ts";
import { withQuery } from "../../../../../site/links.ts";
import { define, type State } from "../../../../../utils.ts";

interface InviteData {
  readonly invitations: readonly OpenInvitation[];
  readonly problems: readonly Problem[];
  readonly typed: Typed;
}

async function show(
  ctx: Context<State>,
  problems: readonly Problem[],
  typed: Typed,
  status = 200,
) {
  const { id } = viewerOf(ctx.state);
  const invitations = await ctx.state.db((tx) => readOpenInvitations(tx, { invitedBy: id }));
  return page<InviteData>({ invitations, problems, typed }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, [], {}),

  async POST(ctx) {
    const done = (what: string) => ctx.redirect(withQuery(ctx.url.pathname, { done: what }), 303);
    const copy = ctx.req.clone();
    const act = await readForm(ctx.req, InvitationActForm);
    if (act.ok) return done(await actOnInvitation(ctx, act.value));
    const form = await readForm(copy, InviteForm);
    if (!form.ok) return await show(ctx, form.problems, form.typed, 422);
    const { email, name, language } = form.value;
    const result = await invite(ctx, {
      email,
      role: "member",
      // The database gives the agent's own.
      branchId: null,
      fullName: name,
      locale: languageOf(language, ctx.state.locale),
      tenantId: null,
    });
    if ("problem" in result) return await show(ctx, [result.problem], form.typed, result.status);
    return done(result.done);
  },
});

export default define.page<typeof handler>(function InviteMember({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { invitations, problems, typed } = data;
  const done = INVITE_DONE.find((one) => one === url.searchParams.get("done"));
  return (
    <Page i18n={i18n} title={t("invite.member.title")} ready="agent-invite-ready" class="page">
      <DeskHead
        title={t("invite.member.title")}
        text={t("invite.member.text")}
        back={{ href: `/${locale}/agent/members`, text: t("agent.members.title") }}
      />
      <div class="settings">
        {done && problems.length === 0 && (
          <Notice kind={done === "sent" || done === "revoked" ? "good" : "warning"}>
            <p>{t(`users.done.${done}`)}</p>
          </Notice>
        )}
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={url.pathname} class="form card" novalidate>
          <InviteFields
            i18n={i18n}
            typed={typed}
            problems={problems}
            language={tenant.defaultLocale}
          />
          <SubmitOnce
            text={t("invite.submit")}
            busyText={t("form.busy")}
            class="button button-primary button-large"
            testId="invite-submit"
          />
        </form>
        <section class="card" aria-labelledby="invitations-title">
          <h2 class="card-title" id="invitations-title">{t("users.invitations")}</h2>
          <InvitationList i18n={i18n} invitations={invitations} action={url.pathname} />
        </section>
      </div>
    </Page>
  );
});
