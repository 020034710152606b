import { MOST } from "@core/claims/claim.ts";
import { statusKey } from "../claims/ClaimStatus.tsx";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { buttonClass } from "../Button.tsx";
import { Icon } from "../Icon.tsx";
import { TextArea } from "../TextArea.tsx";
import { type DeskProps, triedOf } from "./desk.ts";
import { FormProblem } from "./FormProblem.tsx";

/** Moves the claim to where the graph lets it go. */
export function MoveCard({ i18n, desk, again, here }: DeskProps) {
  const { t } = i18n;
  const { claim, moves } = desk;
  const { typed, problems } = triedOf(again, "move");
  const where = problems.find(({ field }) => field === "to");
  return (
    <section class="card" id="move" aria-labelledby="move-title">
      <h2 class="card-title" id="move-title">{t("staff.move")}</h2>
      <form method="post" action={`${here}#move`} class="form" novalidate>
        <input type="hidden" name="act" value="move" />
        <input type="hidden" name="from" value={claim.status} />
        <FormProblem i18n={i18n} problems={problems} />
        <fieldset class={where ? "field field-wrong moves" : "field moves"} id="to">
          <legend class="field-name">{t("staff.move.to")}</legend>
          {where && (
            <p class="field-problem" id="to-problem">
              <Icon name="warning" size={18} />
              <span>{t(where.key)}</span>
            </p>
          )}
          {moves.map(({ to, needsReason }, at) => (
            <label key={to} class="move" data-testid={`move-${to}`}>
              <input
                type="radio"
                name="to"
                value={to}
                checked={typed["to"] === to}
                autofocus={where !== undefined && at === 0}
                aria-invalid={where ? "true" : undefined}
                aria-describedby={`to-${to}`}
              />
              <span>
                <span class="move-name">{t(`queue.status.${to}`)}</span>
                <span class="fine" id={`to-${to}`}>
                  {t("staff.member_reads", { text: t(statusKey({ status: to })) })}
                  {needsReason && ` ${t("staff.move.needs_reason")}`}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        <TextArea
          i18n={i18n}
          label={t("staff.move.reason")}
          hint={t("staff.move.reason_hint")}
          name="reason"
          rows={2}
          maxLength={MOST.reason}
          value={typed["reason"]}
          problems={problems}
        />
        <div class="internal">
          <TextArea
            i18n={i18n}
            label={t("staff.move.note")}
            hint={t("staff.note.hint")}
            name="internal"
            rows={2}
            maxLength={MOST.reason}
            value={typed["internal"]}
            problems={problems}
          />
        </div>
        <div>
          <SubmitOnce
            text={t("staff.move.button")}
            busyText={t("form.busy")}
            class={buttonClass("primary")}
            testId="claim-move"
          />
        </div>
      </form>
    </section>
  );
}
