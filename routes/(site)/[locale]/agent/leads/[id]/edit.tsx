import { type Context, HttpError, page } from "fresh";
import { editLead, readLead } from "@core/agents/lead_store.ts";
import type { Lead } from "@core/agents/leads.ts";
import { unlessRefused } from "@core/agents/refusals.ts";
import { LeadFields } from "../../../../../../components/agent/LeadFields.tsx";
import { leadName } from "../../../../../../components/agent/LeadTable.tsx";
import { ButtonLink } from "../../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../../islands/SubmitOnce.tsx";
import { claimIdOf } from "../../../../../../site/claim_pages.ts";
import { type Problem, readForm, type Typed } from "../../../../../../site/forms.ts";
import { LeadForm, leadProblem } from "../../../../../../site/lead_forms.ts";
import { type OfferedPlan, readPlans } from "../../../../../../site/plans.ts";
import { define, type State } from "../../../../../../utils.ts";

interface EditLeadData {
  readonly lead: Lead;
  readonly plans: readonly OfferedPlan[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Puts right what is written down about a lead. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx),

  async POST(ctx) {
    const id = claimIdOf(ctx);
    const form = await readForm(ctx.req, LeadForm);
    if (!form.ok) return await show(ctx, form, 422);
    const { plan: planId, ...lead } = form.value;
    const outcome = await unlessRefused(
      ctx.state.db((tx) => editLead(tx, id, { ...lead, planId })),
    );
    if (outcome.kind === "done") {
      return ctx.redirect(`/${ctx.state.locale}/agent/leads/${id}?done=edit`, 303);
    }
    if (outcome.why === "not_found") throw new HttpError(404);
    return await show(ctx, { typed: form.typed, problems: [leadProblem(outcome.why)] }, 409);
  },
});

async function show(
  ctx: Context<State>,
  again: Partial<Pick<EditLeadData, "typed" | "problems">> = {},
  status = 200,
) {
  const { state } = ctx;
  const [lead, plans] = await state.db((tx) =>
    Promise.all([readLead(tx, claimIdOf(ctx)), readPlans(tx, state.tenant.id)])
  );
  if (lead === null) throw new HttpError(404);
  return page<EditLeadData>({
    lead,
    plans,
    typed: again.typed ?? typedOf(lead),
    problems: again.problems ?? [],
  }, { status });
}

function typedOf(lead: Lead): Typed {
  const { firstName, lastName, email, phone, locale, planId, note } = lead;
  const texts = { phone: phone ?? "", plan: planId ?? "", note: note ?? "" };
  return { firstName, lastName, email, locale, ...texts };
}

export default define.page<typeof handler>(function EditLead({ data, state, url }) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  const { lead, plans, typed, problems } = data;
  const back = url.pathname.replace(/\/edit$/, "");
  return (
    <Page i18n={i18n} title={t("agent.lead.edit")} ready="agent-lead-edit-ready" class="page">
      <header class="page-head">
        <p>
          <a href={back}>{leadName(lead)}</a>
        </p>
        <h1>{t("agent.lead.edit")}</h1>
      </header>
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={url.pathname} class="form card" novalidate>
          <LeadFields
            i18n={i18n}
            typed={typed}
            problems={problems}
            plans={plans}
            tenant={tenant}
          />
          <div class="actions">
            <SubmitOnce
              text={t("agent.lead.save")}
              busyText={t("form.busy")}
              class="button button-primary"
              testId="lead-save"
            />
            <ButtonLink href={back} kind="quiet">{t("agent.back")}</ButtonLink>
          </div>
        </form>
      </div>
    </Page>
  );
});
