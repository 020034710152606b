import { type Context, page } from "fresh";
import { createLead } from "@core/agents/lead_store.ts";
import { unlessRefused } from "@core/agents/refusals.ts";
import { LeadFields } from "../../../../../components/agent/LeadFields.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { LeadForm, leadProblem } from "../../../../../site/lead_forms.ts";
import { isUuid } from "../../../../../site/links.ts";
import { type OfferedPlan, readPlans } from "../../../../../site/plans.ts";
import { define, type State } from "../../../../../utils.ts";

interface NewLeadData {
  readonly plans: readonly OfferedPlan[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** The agent's own open lead with the same address. */
  readonly present: string | null;
}

/** Writes down somebody who may become a member. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx, {}),

  async POST(ctx) {
    const form = await readForm(ctx.req, LeadForm);
    const { typed } = form;
    if (!form.ok) return await show(ctx, { typed, problems: form.problems }, 422);
    const { plan: planId, ...lead } = form.value;
    const outcome = await unlessRefused(
      ctx.state.db((tx) => createLead(tx, { ...lead, planId })),
    );
    if (outcome.kind === "done") {
      return ctx.redirect(`/${ctx.state.locale}/agent/leads/${outcome.value}?done=new`, 303);
    }
    const present = outcome.why === "lead_open" && isUuid(outcome.detail ?? "")
      ? outcome.detail
      : null;
    return await show(ctx, { typed, problems: [leadProblem(outcome.why)], present }, 409);
  },
});

async function show(
  { state }: Context<State>,
  again: Partial<Omit<NewLeadData, "plans">>,
  status = 200,
) {
  const plans = await state.db((tx) => readPlans(tx, state.tenant.id));
  return page<NewLeadData>({ plans, typed: {}, problems: [], present: null, ...again }, { status });
}

export default define.page<typeof handler>(function NewLead({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { plans, typed, problems, present } = data;
  return (
    <Page i18n={i18n} title={t("agent.lead.new")} ready="agent-lead-new-ready" class="page">
      <DeskHead
        title={t("agent.lead.new")}
        text={t("agent.lead.new.text")}
        back={{ href: `/${locale}/agent/leads`, text: t("agent.leads.title") }}
      />
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        {present && (
          <Notice kind="info">
            <p>
              <a href={`/${locale}/agent/leads/${present}`}>{t("agent.lead.present")}</a>
            </p>
          </Notice>
        )}
        <form method="post" action={url.pathname} class="form card" novalidate>
          <LeadFields
            i18n={i18n}
            typed={typed}
            problems={problems}
            plans={plans}
            tenant={tenant}
          />
          <SubmitOnce
            text={t("agent.lead.save")}
            busyText={t("form.busy")}
            class="button button-primary button-large"
            testId="lead-save"
          />
        </form>
      </div>
    </Page>
  );
});
