import { type Context, HttpError, page } from "fresh";
import { type Attempt, attemptsOfLead, cancelCash } from "@core/agents/cash_store.ts";
import { moveLead, readLead } from "@core/agents/lead_store.ts";
import { type Lead, nextLeadStatuses } from "@core/agents/leads.ts";
import { unlessRefused } from "@core/agents/refusals.ts";
import { LANGUAGE_NAMES } from "@core/platform/i18n.ts";
import { LeadMoves } from "../../../../../../components/agent/LeadMoves.tsx";
import { LeadPayments } from "../../../../../../components/agent/LeadPayments.tsx";
import { leadName } from "../../../../../../components/agent/LeadTable.tsx";
import { LEAD_TONES } from "../../../../../../components/agent/words.ts";
import { Badge } from "../../../../../../components/Badge.tsx";
import { buttonClass, ButtonLink } from "../../../../../../components/Button.tsx";
import { Card, type Fact, Facts } from "../../../../../../components/Card.tsx";
import { phoneHref } from "../../../../../../components/Contact.tsx";
import { ErrorSummary } from "../../../../../../components/ErrorSummary.tsx";
import { Icon } from "../../../../../../components/Icon.tsx";
import { Notice } from "../../../../../../components/Notice.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import { AnyForm, claimIdOf } from "../../../../../../site/claim_pages.ts";
import { type Problem, readForm, type Typed } from "../../../../../../site/forms.ts";
import {
  LEAD_MOST,
  LEAD_MOVES,
  LeadMoveForm,
  leadProblem,
} from "../../../../../../site/lead_forms.ts";
import { isUuid } from "../../../../../../site/links.ts";
import { define, type State } from "../../../../../../utils.ts";

/** What is said to be done. */
const DONE = ["new", "edit", "move", "cash", "waits", "cancel"] as const;

/** Stages in which cash may be registered. */
const PAYS: readonly string[] = ["new", "contacted"];

interface LeadData {
  readonly lead: Lead;
  readonly attempts: readonly Attempt[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Somebody who may become a member: how far it is, and what they paid. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx),

  async POST(ctx) {
    const { state, url } = ctx;
    const id = claimIdOf(ctx);
    const { typed } = await readForm(ctx.req, AnyForm);
    if (await state.db((tx) => readLead(tx, id)) === null) throw new HttpError(404);
    const isMove = typed["act"] === "move";
    const form = LeadMoveForm.safeParse(typed);
    const attempt = typed["attempt"] ?? "";
    if (isMove && !form.success) {
      const { path, message } = form.error.issues[0] ?? { path: [], message: "" };
      const field = String(path[0]);
      const key = message as Problem["key"];
      const problem = { field, key, params: { max: LEAD_MOST.reason } };
      return await show(ctx, { typed, problems: [problem] }, 422);
    }
    if (!isMove && !(typed["act"] === "cancel" && isUuid(attempt))) throw new HttpError(404);
    const outcome = await unlessRefused(state.db(async (tx) => {
      if (!form.success) return await cancelCash(tx, attempt);
      await moveLead(tx, id, form.data.to, form.data.reason || null);
    }));
    if (outcome.kind === "done") {
      const where = isMove ? "?done=move" : "?done=cancel#payment";
      return ctx.redirect(`${url.pathname}${where}`, 303);
    }
    if (outcome.why === "not_found") throw new HttpError(404);
    return await show(ctx, { problems: [leadProblem(outcome.why)] }, 409);
  },
});

async function show(
  ctx: Context<State>,
  again: Partial<Pick<LeadData, "typed" | "problems">> = {},
  status = 200,
) {
  const id = claimIdOf(ctx);
  const [lead, attempts] = await ctx.state.db((tx) =>
    Promise.all([readLead(tx, id), attemptsOfLead(tx, id)])
  );
  if (lead === null) throw new HttpError(404);
  return page<LeadData>({ lead, attempts, typed: {}, problems: [], ...again }, { status });
}

export default define.page<typeof handler>(function AgentLead({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { lead, attempts, typed, problems } = data;
  const here = url.pathname;
  const next = nextLeadStatuses(lead.status);
  const waits = attempts.some(({ status }) => status === "pending" || status === "needs_info");
  const moves = waits ? [] : LEAD_MOVES.filter((to) => next.includes(to));
  const done = DONE.find((act) => act === url.searchParams.get("done"));
  const mayEdit = ["new", "contacted", "payment_pending"].includes(lead.status);
  return (
    <Page i18n={i18n} title={leadName(lead)} ready="agent-lead-detail-ready" class="page">
      {done && problems.length === 0 && (
        <Notice kind={done === "waits" ? "info" : "good"}>
          <p>{t(`agent.lead.done.${done}`)}</p>
        </Notice>
      )}
      <ErrorSummary i18n={i18n} problems={problems} />
      <header class="page-head">
        <p>
          <a href={`/${locale}/agent/leads`}>{t("agent.leads.title")}</a>
        </p>
        <div class="title-row" data-status={lead.status}>
          <h1>{leadName(lead)}</h1>
          <Badge tone={LEAD_TONES[lead.status]} text={t(`agent.lead.status.${lead.status}`)} />
        </div>
        {(lead.status === "new" || lead.status === "contacted") && (
          <p class="fine">{t("agent.lead.expires", { date: i18n.date(lead.expiresAt) })}</p>
        )}
        {lead.status === "converted" && lead.convertedUserId && (
          <p>
            <a href={`/${locale}/agent/members/${lead.convertedUserId}`}>
              {t("agent.lead.to_member")}
            </a>
          </p>
        )}
        {lead.lostReason && (
          <blockquote class="claim-reason">
            <p class="fine">{t("payments.why")}</p>
            <p class="entry-text">{lead.lostReason}</p>
          </blockquote>
        )}
        <div class="actions">
          {lead.phone && (
            <a class={buttonClass("secondary")} href={phoneHref(lead.phone)}>
              <Icon name="phone" size={20} />
              {t("agent.member.call")}
            </a>
          )}
          <a class={buttonClass("secondary")} href={`mailto:${lead.email}`}>
            <Icon name="mail" size={20} />
            {t("agent.member.mail")}
          </a>
        </div>
      </header>
      <div class="agent-columns">
        <div class="agent-main">
          <LeadPayments
            i18n={i18n}
            here={here}
            attempts={attempts}
            mayPay={PAYS.includes(lead.status) && !waits}
          />
          <LeadMoves
            i18n={i18n}
            here={here}
            lead={lead}
            moves={moves}
            typed={typed}
            problems={problems}
          />
        </div>
        <div class="agent-side">
          <Card title={t("agent.lead.facts")}>
            <Facts facts={factsOf(lead, i18n)} />
            {lead.note && <p class="entry-text">{lead.note}</p>}
            {mayEdit && (
              <p>
                <ButtonLink href={`${here}/edit`} kind="secondary">
                  {t("agent.lead.edit")}
                </ButtonLink>
              </p>
            )}
          </Card>
        </div>
      </div>
    </Page>
  );
});

function factsOf(lead: Lead, i18n: State["i18n"]): Fact[] {
  const { t } = i18n;
  const { phone, email, planName, priceCents, currency } = lead;
  const price = priceCents !== null && currency !== null
    ? `, ${i18n.money(priceCents, currency)}`
    : "";
  const facts: Fact[] = [
    { name: t("agent.lead.plan"), value: planName && `${planName}${price}` },
    { name: t("help.phone"), value: phone && <a href={phoneHref(phone)}>{phone}</a> },
    { name: t("desk.email"), value: <a href={`mailto:${email}`}>{email}</a> },
    { name: t("staff.member.language"), value: LANGUAGE_NAMES[lead.locale] },
    { name: t("agent.lead.since"), value: i18n.date(lead.createdAt) },
  ];
  return facts.filter(({ value }) => value !== null && value !== "");
}
