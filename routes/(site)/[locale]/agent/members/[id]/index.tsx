import { type Context, HttpError, page } from "fresh";
import { type WelcomeState, welcomeState } from "@core/agents/cash_store.ts";
import {
  listActivities,
  listNotes,
  type MemberActivity,
  type MemberNote,
} from "@core/agents/notes_store.ts";
import { MemberActivities } from "../../../../../../components/agent/MemberActivities.tsx";
import { MemberClaims } from "../../../../../../components/agent/MemberClaims.tsx";
import { MemberFacts } from "../../../../../../components/agent/MemberFacts.tsx";
import { MemberHead } from "../../../../../../components/agent/MemberHead.tsx";
import { MemberNotes } from "../../../../../../components/agent/MemberNotes.tsx";
import { ErrorSummary } from "../../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../../components/Notice.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import {
  actOnMember,
  MEMBER_DONE,
  type MemberOutcome,
} from "../../../../../../site/agent_member_acts.ts";
import { type AgentMemberFile, readAgentMember } from "../../../../../../site/agent_members.ts";
import { AnyForm, claimIdOf } from "../../../../../../site/claim_pages.ts";
import { dayIn } from "../../../../../../site/claim_steps.ts";
import { readForm } from "../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../site/guards.ts";
import { define, type State } from "../../../../../../utils.ts";

/** Where the page goes on after a form. */
const PLACES = { note: "#notes", act: "#notes", activity: "#activities", welcome: "" } as const;

interface MemberData {
  readonly member: AgentMemberFile;
  readonly notes: readonly MemberNote[];
  readonly activities: readonly MemberActivity[];
  readonly welcome: WelcomeState;
  readonly again: Extract<MemberOutcome, { readonly kind: "again" }> | null;
}

/** One of the agent's members: membership, claims, notes and what was done. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx),

  async POST(ctx) {
    const id = claimIdOf(ctx);
    const form = await readForm(ctx.req, AnyForm);
    const { state } = ctx;
    const known = await state.db((tx) => readAgentMember(tx, viewerOf(state), id, 0));
    if (known === null) throw new HttpError(404);
    const outcome = await actOnMember(state, id, form.typed);
    switch (outcome.kind) {
      case "done":
        return ctx.redirect(`${ctx.url.pathname}?done=${outcome.act}${PLACES[outcome.act]}`, 303);
      case "not_found":
        throw new HttpError(404);
      case "again":
        return await show(ctx, outcome);
    }
  },
});

async function show(ctx: Context<State>, again: MemberData["again"] = null) {
  const { state } = ctx;
  const id = claimIdOf(ctx);
  const [member, notes, activities, welcome] = await state.db((tx) =>
    Promise.all([
      readAgentMember(tx, viewerOf(state), id, state.services.clock.now()),
      listNotes(tx, id),
      listActivities(tx, id),
      welcomeState(tx, id),
    ])
  );
  if (member === null) throw new HttpError(404);
  return page<MemberData>(
    { member, notes, activities, welcome, again },
    { status: again?.status ?? 200 },
  );
}

export default define.page<typeof handler>(function AgentMemberPage({ data, state, url }) {
  const { i18n, locale, tenant, services } = state;
  const { t } = i18n;
  const { member, notes, activities, welcome, again } = data;
  const now = services.clock.now();
  const here = url.pathname;
  const name = member.fullName || member.email;
  const done = MEMBER_DONE.find((act) => act === url.searchParams.get("done"));
  const tried = (act: "note" | "activity") =>
    again?.act === act ? again : { typed: {}, problems: [] };
  return (
    <Page i18n={i18n} title={name} ready="agent-member-detail-ready" class="page">
      {done && done !== "act" && again === null && (
        <Notice kind="good">
          <p>{t(`agent.member.done.${done}`)}</p>
        </Notice>
      )}
      <ErrorSummary i18n={i18n} problems={again?.problems ?? []} />
      <MemberHead i18n={i18n} locale={locale} member={member} />
      <div class="agent-columns">
        <div class="agent-main">
          <MemberClaims i18n={i18n} locale={locale} claims={member.claims} />
          <MemberNotes i18n={i18n} here={here} notes={notes} now={now} {...tried("note")} />
          <MemberActivities
            i18n={i18n}
            here={here}
            activities={activities}
            today={dayIn(tenant.timeZone, now)}
            {...tried("activity")}
          />
        </div>
        <div class="agent-side">
          <MemberFacts i18n={i18n} here={here} member={member} welcome={welcome} />
        </div>
      </div>
    </Page>
  );
});
