/** Which of the pilot's figures are met, and what of them is a reason to stop. Pure. */
import type { Figures } from "./figures_store.ts";

/** One figure beside its target. */
export interface Judged {
  readonly figure: string;
  /** As people read it. */
  readonly value: string;
  readonly target: string;
  /** Null where there is nothing to count yet. */
  readonly met: boolean | null;
}

/** The report. */
export interface Report {
  readonly figures: readonly Judged[];
  /** Stop criteria of docs/pilot/PILOT_RUNBOOK.md that the figures touch. */
  readonly stop: readonly string[];
}

/** Service times are kept for this share of claims. */
const IN_TIME = 0.9;
/** Missed on so many days in a row, the pilot stops. */
const DAYS_IN_A_ROW = 3;

/**
 * Judges the figures.
 *
 * @param figures What was counted.
 * @param sev1 Incidents of severity 1 in the period.
 */
export function judge(figures: Figures, sev1: number): Report {
  const {
    agentFirstResponseHours: hours,
    auditBroken,
    days,
  } = figures;
  const stop: string[] = [];
  if (sev1 > 0) stop.push("1: an incident of severity 1");
  if (auditBroken > 0) stop.push("2: the audit log is not as it was sealed");
  const missed = worstRun(days.map(({ due, inTime }) => inTime / due < IN_TIME));
  if (missed >= DAYS_IN_A_ROW) stop.push(`6: triage was late on ${missed} days in a row`);
  return {
    figures: [
      share("claim start", figures.membersWhoClaimed, figures.members, "at least", 0.3),
      {
        figure: "agent first response",
        value: hours === null
          ? "none yet"
          : `${hours.toFixed(1)} h (${figures.agentAnswered} claims)`,
        target: "at most 2 h",
        met: hours === null ? null : hours <= 2,
      },
      share("triage in time", figures.triageInTime, figures.triageDue, "at least", IN_TIME),
      share("update in time", figures.updateInTime, figures.updateDue, "at least", IN_TIME),
      share("48 h progression", figures.progressed, figures.oldEnough, "at least", 0.85),
      share("reopened", figures.reopened, figures.closed, "at most", 0.1),
      share("handoff completeness", figures.complete, figures.handedOver, "at least", 0.95),
      {
        figure: "audit log",
        value: auditBroken === 0 ? "whole" : "broken",
        target: "whole",
        met: auditBroken === 0,
      },
      { figure: "severity 1", value: String(sev1), target: "none", met: sev1 === 0 },
    ],
    stop,
  };
}

function share(
  figure: string,
  part: number,
  whole: number,
  which: "at least" | "at most",
  bound: number,
): Judged {
  const target = `${which} ${Math.round(bound * 100)} %`;
  if (whole === 0) return { figure, value: "none yet", target, met: null };
  const value = part / whole;
  return {
    figure,
    value: `${(value * 100).toFixed(0)} % (${part} of ${whole})`,
    target,
    met: which === "at least" ? value >= bound : value <= bound,
  };
}

/** The longest run of yes. */
function worstRun(days: readonly boolean[]): number {
  let worst = 0;
  let run = 0;
  for (const missed of days) {
    run = missed ? run + 1 : 0;
    worst = Math.max(worst, run);
  }
  return worst;
}
