import type { MemberActivity } from "@core/agents/notes.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem, Typed } from "../../site/forms.ts";
import { ACTIVITY_KINDS, NOTE_MOST } from "../../site/note_forms.ts";
import { buttonClass } from "../Button.tsx";
import { Choice } from "../Choice.tsx";
import { DateField } from "../DateField.tsx";
import { DateTime } from "../DateTime.tsx";
import { Icon } from "../Icon.tsx";
import { TextArea } from "../TextArea.tsx";

/** Props of {@linkcode MemberActivities}. */
export interface MemberActivitiesProps {
  readonly i18n: I18n;
  /** The member's page, which takes the form. */
  readonly here: string;
  readonly activities: readonly MemberActivity[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** The day where the tenant is, `2026-11-23`. */
  readonly today: string;
}

/** What was done for a member and when: calls, visits, letters. */
export function MemberActivities(props: MemberActivitiesProps) {
  const { i18n, here, activities, typed, problems, today } = props;
  const { t } = i18n;
  return (
    <section class="card" id="activities" aria-labelledby="activities-title">
      <h2 class="card-title" id="activities-title">{t("agent.activities.title")}</h2>
      {activities.length === 0 ? <p>{t("agent.activities.none")}</p> : (
        <ol class="trail">
          {activities.map(({ id, kind, happenedAt, summary }) => (
            <li key={id} data-testid="member-activity">
              <p class="trail-what">{t(`agent.activity.${kind}`)}</p>
              <p class="fine">
                <DateTime i18n={i18n} when={happenedAt} />
              </p>
              <p class="entry-text">{summary}</p>
            </li>
          ))}
        </ol>
      )}
      <details class="more" open={problems.length > 0}>
        <summary data-testid="activity-open">
          <Icon name="pen" size={20} />
          {t("agent.activity.add")}
        </summary>
        <form method="post" action={`${here}#activities`} class="form" novalidate>
          <input type="hidden" name="act" value="activity" />
          <div class="side-by-side">
            <Choice
              i18n={i18n}
              label={t("agent.note.type")}
              name="kind"
              value={typed["kind"] ?? "call"}
              options={ACTIVITY_KINDS.map((value) => ({
                value,
                text: t(`agent.activity.${value}`),
              }))}
              problems={problems}
            />
            <DateField
              i18n={i18n}
              label={t("agent.activity.day")}
              name="happened"
              value={typed["happened"] ?? today}
              max={today}
              problems={problems}
            />
          </div>
          <TextArea
            i18n={i18n}
            label={t("agent.activity.summary")}
            name="summary"
            rows={3}
            maxLength={NOTE_MOST.summary}
            value={typed["summary"]}
            problems={problems}
          />
          <div>
            <SubmitOnce
              text={t("agent.activity.save")}
              busyText={t("form.busy")}
              class={buttonClass("secondary")}
              testId="activity-save"
            />
          </div>
        </form>
      </details>
    </section>
  );
}
