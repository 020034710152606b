import { type Context, HttpError, page } from "fresh";
import { type Attempt, attemptsOfLead } from "@core/agents/cash_store.ts";
import { readLead } from "@core/agents/lead_store.ts";
import type { Lead } from "@core/agents/leads.ts";
import { CashFields } from "../../../../../../components/agent/CashFields.tsx";
import { leadName } from "../../../../../../components/agent/LeadTable.tsx";
import { ErrorSummary } from "../../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../../components/Notice.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../../islands/SubmitOnce.tsx";
import { takeCash } from "../../../../../../site/cash_form.ts";
import { claimIdOf } from "../../../../../../site/claim_pages.ts";
import { dayIn } from "../../../../../../site/claim_steps.ts";
import { hasFile } from "../../../../../../site/file_form.ts";
import type { Problem, Typed } from "../../../../../../site/forms.ts";
import { type OfferedPlan, readPlans } from "../../../../../../site/plans.ts";
import { define, type State } from "../../../../../../utils.ts";

interface PaymentData {
  readonly lead: Lead;
  /** The payment that was sent back; null for a first one. */
  readonly returned: Attempt | null;
  readonly plans: readonly OfferedPlan[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Registers cash that was taken from a lead, or answers what was asked about it. */
export const handler = define.handlers({
  async GET(ctx) {
    const data = await read(ctx);
    if (data === "over") return ctx.redirect(`${leadPath(ctx)}#payment`, 303);
    return page<PaymentData>({ ...data, typed: typedOf(data, ctx.state), problems: [] });
  },

  async POST(ctx) {
    if (!hasFile(ctx.req)) throw new HttpError(415);
    const data = await read(ctx);
    const done = (what: string) => ctx.redirect(`${leadPath(ctx)}?done=${what}#payment`, 303);
    if (data === "over") {
      await ctx.req.body?.cancel();
      return done("waits");
    }
    const outcome = await takeCash(ctx.state, ctx.req, data.lead.id, data.returned);
    switch (outcome.kind) {
      case "sent":
        return done("cash");
      case "waits":
        return done("waits");
      case "not_found":
        throw new HttpError(404);
      case "again": {
        const { typed, problems, status } = outcome;
        return page<PaymentData>({ ...data, typed, problems }, { status });
      }
    }
  },
});

function leadPath({ state, params }: Pick<Context<State>, "state" | "params">): string {
  return `/${state.locale}/agent/leads/${params["id"]}`;
}

/** What the page is about; `over` where nothing can be registered: it was, or the lead is closed. */
async function read(ctx: Context<State>) {
  const { state } = ctx;
  const id = claimIdOf(ctx);
  const [lead, attempts, plans] = await state.db((tx) =>
    Promise.all([readLead(tx, id), attemptsOfLead(tx, id), readPlans(tx, state.tenant.id)])
  );
  if (lead === null) throw new HttpError(404);
  const returned = attempts.find(({ status }) => status === "needs_info") ?? null;
  const isOver = lead.status !== "new" && lead.status !== "contacted";
  if (returned === null && isOver) return "over";
  return { lead, returned, plans };
}

function typedOf(
  { lead, returned, plans }: Pick<PaymentData, "lead" | "returned" | "plans">,
  { tenant, services }: State,
): Typed {
  const day = (when: number) => dayIn(tenant.timeZone, when);
  if (returned === null) {
    const plan = lead.planId ?? (plans.length === 1 ? plans[0]?.id : undefined);
    return { plan: plan ?? "", received: day(services.clock.now()) };
  }
  return {
    received: day(returned.receivedAt.getTime()),
    receipt: returned.receiptNumber ?? "",
    note: returned.note ?? "",
    proof: returned.proofId ?? "",
    proofName: returned.proofName ?? "",
  };
}

export default define.page<typeof handler>(function Payment({ data, state, url }) {
  const { i18n, tenant, services } = state;
  const { t } = i18n;
  const { lead, returned, plans, typed, problems } = data;
  const title = t(returned === null ? "agent.cash.register" : "agent.cash.resend");
  const back = url.pathname.replace(/\/payment$/, "");
  return (
    <Page i18n={i18n} title={title} ready="agent-lead-payment-ready" class="page">
      <header class="page-head">
        <p>
          <a href={back}>{leadName(lead)}</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">{t("agent.cash.text")}</p>
      </header>
      <div class="settings">
        {returned?.verificationNote && (
          <Notice kind="warning" title={t("agent.cash.answer")}>
            <p class="entry-text">{returned.verificationNote}</p>
          </Notice>
        )}
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={url.pathname}
          encType="multipart/form-data"
          class="form card"
          novalidate
        >
          <CashFields
            i18n={i18n}
            typed={typed}
            problems={problems}
            plans={plans}
            returned={returned}
            today={dayIn(tenant.timeZone, services.clock.now())}
          />
          <SubmitOnce
            text={t("agent.cash.send")}
            busyText={t("form.busy")}
            class="button button-primary button-large"
            testId="cash-send"
          />
        </form>
      </div>
    </Page>
  );
});
