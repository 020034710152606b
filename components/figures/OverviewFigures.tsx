import type { I18n, Locale } from "@core/platform/i18n.ts";
import {
  type AgentFigures,
  type FigureMonth,
  type Figures,
  npsGroups,
  partOf,
  sumOf,
} from "../../site/figures.ts";
import { withQuery } from "../../site/links.ts";
import { answersIn, netPromoterScore, percent, signed } from "../../site/nps_score.ts";
import { DataTable } from "../DataTable.tsx";
import { monthName } from "../nps/Trend.tsx";
import { BarTable } from "./BarTable.tsx";
import { Kpis } from "./Kpis.tsx";
import { MonthColumns } from "./MonthColumns.tsx";

/** Props of {@linkcode OverviewFigures}. */
export interface OverviewFiguresProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly currency: string;
  readonly figures: Figures;
  readonly months: readonly FigureMonth[];
  readonly agents: readonly AgentFigures[];
}

const STATES = ["active", "grace", "suspended", "none", "never"] as const;
const STATUSES = ["submitted", "verification", "evaluation", "negotiation", "court"] as const;
const AGES = ["week", "month", "quarter", "older"] as const;
const TRIAGE = ["met", "missed", "running"] as const;

/** All figures of the overview. */
export function OverviewFigures(props: OverviewFiguresProps) {
  const { i18n, locale, currency, figures, months, agents } = props;
  const { t } = i18n;
  const covered = partOf(figures, "members", "active") + partOf(figures, "members", "grace");
  const met = partOf(figures, "triage", "met");
  const judged = met + partOf(figures, "triage", "missed");
  const groups = npsGroups(figures);
  const money = (name: string) =>
    [...figures.get(name) ?? [[currency, 0] as const]]
      .map(([inCurrency, cents]) => i18n.money(cents, inCurrency)).join(" + ");
  const overdue = sumOf(figures, "overdue");
  return (
    <>
      <Kpis
        i18n={i18n}
        figures={[
          {
            name: "covered",
            value: i18n.number(covered),
            beside: t("figures.covered.beside", { all: i18n.number(sumOf(figures, "members")) }),
          },
          { name: "begun", value: i18n.number(partOf(figures, "begun")) },
          { name: "received", value: money("received") },
          { name: "returned", value: money("returned") },
          {
            name: "open_claims",
            value: i18n.number(sumOf(figures, "claims")),
            beside: overdue === 0 ? undefined : i18n.plural("figures.overdue", overdue),
          },
          {
            name: "triage",
            value: judged === 0 ? "–" : `${percent(met, judged)} %`,
            beside: judged === 0 ? undefined : t("figures.triage.beside", {
              met: i18n.number(met),
              judged: i18n.number(judged),
            }),
          },
          {
            name: "nps",
            value: signed(netPromoterScore(groups)),
            beside: i18n.plural("figures.answers", answersIn(groups)),
          },
          { name: "agents", value: i18n.number(partOf(figures, "agents")) },
        ]}
      />
      <div class="columns columns-top">
        <BarTable
          i18n={i18n}
          figure="members"
          title={t("figures.members")}
          meaning={t("figures.members.meaning")}
          rows={STATES.map((state) => ({
            name: t(`figures.members.${state}`),
            count: partOf(figures, "members", state),
          }))}
        />
        <BarTable
          i18n={i18n}
          figure="claims"
          title={t("figures.claims")}
          meaning={t("figures.claims.meaning")}
          rows={STATUSES.map((status) => ({
            name: t(`queue.status.${status}`),
            count: partOf(figures, "claims", status),
            href: withQuery(`/${locale}/admin/claims`, { status }),
          }))}
        />
        <BarTable
          i18n={i18n}
          figure="claim_age"
          title={t("figures.claim_age")}
          meaning={t("figures.claim_age.meaning")}
          rows={AGES.map((age) => ({
            name: t(`figures.claim_age.${age}`),
            count: partOf(figures, "claim_age", age),
          }))}
        />
        <BarTable
          i18n={i18n}
          figure="triage"
          title={t("figures.triage")}
          meaning={t("figures.triage.meaning")}
          rows={TRIAGE.map((outcome) => ({
            name: t(`figures.triage.${outcome}`),
            count: partOf(figures, "triage", outcome),
          }))}
        />
        <BarTable
          i18n={i18n}
          figure="claims_closed"
          title={t("figures.claims_closed")}
          meaning={t("figures.claims_closed.meaning", {
            sent: i18n.number(partOf(figures, "claims_sent")),
          })}
          rows={(["resolved", "rejected"] as const).map((status) => ({
            name: t(`queue.status.${status}`),
            count: partOf(figures, "claims_closed", status),
          }))}
        />
      </div>
      <Months i18n={i18n} months={months} currency={currency} />
      <Agents i18n={i18n} agents={agents} />
    </>
  );
}

function Months(
  { i18n, months, currency }: Pick<OverviewFiguresProps, "i18n" | "months" | "currency">,
) {
  const { t } = i18n;
  const number = (value: number) => i18n.number(value);
  const money = (cents: number) => i18n.money(cents, currency);
  const chart = (name: "begun" | "sent" | "received", write: (value: number) => string) => (
    <MonthColumns
      i18n={i18n}
      title={t(`figures.month.${name}`)}
      months={months.map((month) => ({ month: month.month, value: month[name] }))}
      write={write}
    />
  );
  return (
    <section class="card" aria-labelledby="figure-months">
      <h2 class="card-title" id="figure-months">{t("figures.months")}</h2>
      <div class="month-charts">
        {chart("begun", number)}
        {chart("received", money)}
        {chart("sent", number)}
      </div>
      <details class="payload">
        <summary>{t("nps.admin.trend.table")}</summary>
        <DataTable
          caption={t("figures.months")}
          rows={months}
          keyOf={({ month }) => month}
          testId="figure-month"
          columns={[
            { name: t("nps.admin.month"), cell: ({ month }) => monthName(i18n, month) },
            { name: t("figures.month.begun"), cell: ({ begun }) => number(begun) },
            { name: t("figures.month.received"), cell: ({ received }) => money(received) },
            { name: t("figures.month.sent"), cell: ({ sent }) => number(sent) },
          ]}
        />
      </details>
    </section>
  );
}

function Agents({ i18n, agents }: Pick<OverviewFiguresProps, "i18n" | "agents">) {
  const { t } = i18n;
  return (
    <section class="section" aria-labelledby="figure-agents">
      <h2 id="figure-agents">{t("figures.agents")}</h2>
      {agents.length === 0 ? <p class="nothing">{t("figures.agents.none")}</p> : (
        <DataTable
          caption={t("figures.agents")}
          rows={agents}
          keyOf={({ agentId }) => agentId}
          testId="figure-agent"
          columns={[
            { name: t("role.agent"), cell: ({ agentName }) => agentName },
            { name: t("desk.branch"), cell: ({ branchName }) => branchName ?? "–" },
            { name: t("branches.members"), cell: ({ members }) => i18n.number(members) },
            { name: t("figures.agent.active"), cell: ({ active }) => i18n.number(active) },
            { name: t("figures.begun"), cell: ({ begun }) => i18n.number(begun) },
            { name: t("branches.claims"), cell: ({ openClaims }) => i18n.number(openClaims) },
          ]}
        />
      )}
    </section>
  );
}
