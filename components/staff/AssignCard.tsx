import { MOST } from "@core/claims/claim.ts";
import { FIGURE_CAP } from "@core/claims/queue.ts";
import { buttonClass } from "../Button.tsx";
import { Choice } from "../Choice.tsx";
import { DateTime } from "../DateTime.tsx";
import { TextArea } from "../TextArea.tsx";
import { type DeskProps, triedOf } from "./desk.ts";
import { FormProblem } from "./FormProblem.tsx";

/** Who has the claim, and the ways to take it and to give it away. */
export function AssignCard(props: DeskProps) {
  const { i18n, viewer, desk, again, here } = props;
  const { t } = i18n;
  const { claim, row, assignedAt } = desk;
  const taking = triedOf(again, "take");
  // A super administrator gives claims to the tenant's own people and takes none.
  const mayTake = desk.colleagues.some(({ id }) => id === viewer.id);
  const name = row.assigneeName || t("role.staff");
  const whose = claim.assignedTo === null
    ? t("staff.assign.nobody")
    : claim.assignedTo === viewer.id
    ? t("staff.assign.yours")
    : t("staff.assign.theirs", { name });
  return (
    <section class="card" id="assign" aria-labelledby="assign-title">
      <h2 class="card-title" id="assign-title">{t("queue.assignee")}</h2>
      <div>
        <p class="desk-whose" data-testid="claim-assignee">{whose}</p>
        {assignedAt && (
          <p class="fine">
            {t("staff.assign.since")} <DateTime i18n={i18n} when={assignedAt} />
          </p>
        )}
      </div>
      <FormProblem i18n={i18n} problems={taking.problems} params={{ name }} />
      {claim.assignedTo === null && mayTake && (
        <form method="post" action={`${here}#assign`}>
          <input type="hidden" name="act" value="take" />
          <button type="submit" class={buttonClass("primary")} data-testid="claim-take">
            {t("queue.take")}
          </button>
        </form>
      )}
      <GiveForm {...props} />
    </section>
  );
}

/** Gives the claim to somebody else, or back to the queue, and says why. */
function GiveForm({ i18n, viewer, desk, again, here }: DeskProps) {
  const { t } = i18n;
  const { claim, row, colleagues } = desk;
  const { typed, problems } = triedOf(again, "assign");
  const from = claim.assignedTo;
  const others = colleagues.filter(({ id }) => id !== from && (from !== null || id !== viewer.id));
  return (
    <details class="more" open={problems.length > 0}>
      <summary data-testid="claim-give">
        {t(from === null || from === viewer.id ? "staff.assign.give" : "staff.assign.take_over")}
      </summary>
      <form method="post" action={`${here}#assign`} class="form" novalidate>
        <input type="hidden" name="act" value="assign" />
        <input type="hidden" name="from" value={from ?? ""} />
        <FormProblem
          i18n={i18n}
          problems={problems}
          params={{ name: row.assigneeName || t("queue.nobody") }}
        />
        <Choice
          i18n={i18n}
          label={t("staff.assign.to")}
          name="colleague"
          value={typed["colleague"] ?? ""}
          options={[
            { value: "", text: t("staff.assign.choose") },
            ...others.map(({ id, fullName, open }) => ({
              value: id,
              text: id === viewer.id ? t("staff.assign.me") : t("staff.assign.option", {
                name: fullName,
                count: open < FIGURE_CAP ? i18n.number(open) : `${FIGURE_CAP - 1}+`,
              }),
            })),
            ...(from === null ? [] : [{ value: "nobody", text: t("staff.assign.back") }]),
          ]}
          problems={problems}
        />
        <TextArea
          i18n={i18n}
          label={t("staff.assign.why")}
          hint={t(from === null ? "staff.assign.why_optional" : "staff.assign.why_hint")}
          name="why"
          rows={2}
          maxLength={MOST.reason}
          value={typed["why"]}
          problems={problems}
        />
        <div>
          <button type="submit" class={buttonClass("secondary")} data-testid="claim-assign">
            {t("staff.assign.button")}
          </button>
        </div>
      </form>
    </details>
  );
}
