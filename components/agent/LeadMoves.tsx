import type { Lead, LeadMove } from "@core/agents/leads.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem, Typed } from "../../site/forms.ts";
import { LEAD_MOST } from "../../site/lead_forms.ts";
import { buttonClass } from "../Button.tsx";
import { Choice } from "../Choice.tsx";
import { TextArea } from "../TextArea.tsx";

/** Props of {@linkcode LeadMoves}. */
export interface LeadMovesProps {
  readonly i18n: I18n;
  /** The lead's page, which takes the forms. */
  readonly here: string;
  readonly lead: Lead;
  /** Where it may go from here. */
  readonly moves: readonly LeadMove[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** The next stage of a lead: forward by one press, out of the way with a reason. */
export function LeadMoves({ i18n, here, lead, moves, typed, problems }: LeadMovesProps) {
  const { t } = i18n;
  const ends = moves.filter((to) => to !== "contacted");
  if (moves.length === 0) return null;
  const isBack = lead.status === "lost" || lead.status === "expired";
  return (
    <section class="card" aria-labelledby="moves-title" id="moves">
      <h2 class="card-title" id="moves-title">{t("agent.lead.next")}</h2>
      {moves.includes("contacted") && (
        <form method="post" action={here}>
          <input type="hidden" name="act" value="move" />
          <input type="hidden" name="to" value="contacted" />
          <SubmitOnce
            text={t(isBack ? "agent.lead.reopen" : "agent.lead.contacted")}
            busyText={t("form.busy")}
            class={buttonClass("secondary")}
            testId="lead-contacted"
          />
        </form>
      )}
      {ends.length > 0 && (
        <details class="more" open={problems.length > 0}>
          <summary data-testid="lead-end-open">{t("agent.lead.give_up")}</summary>
          <form method="post" action={`${here}#moves`} class="form" novalidate>
            <input type="hidden" name="act" value="move" />
            <Choice
              i18n={i18n}
              name="to"
              label={t("agent.lead.outcome")}
              value={typed["to"] ?? "lost"}
              options={ends.map((value) => ({ value, text: t(`agent.lead.end.${value}`) }))}
              problems={problems}
            />
            <TextArea
              i18n={i18n}
              name="reason"
              label={t("agent.lead.reason")}
              rows={2}
              maxLength={LEAD_MOST.reason}
              value={typed["reason"]}
              problems={problems}
            />
            <div>
              <SubmitOnce
                text={t("agent.lead.end")}
                busyText={t("form.busy")}
                class={buttonClass("secondary")}
                testId="lead-end"
              />
            </div>
          </form>
        </details>
      )}
    </section>
  );
}
