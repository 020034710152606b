import { MOST } from "@core/claims/claim.ts";
import type { ClaimRecord } from "@core/claims/timeline.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { buttonClass } from "../Button.tsx";
import { actorName } from "../claims/words.ts";
import { Icon } from "../Icon.tsx";
import { Moment } from "../Moment.tsx";
import { TextArea } from "../TextArea.tsx";
import { type DeskProps, triedOf } from "./desk.ts";
import { FormProblem } from "./FormProblem.tsx";

/** Notes that are shown beside the claim; all of them stand among what happened. */
const SHOWN = 3;

/** What staff note among themselves. It looks like nothing that a member ever gets to see. */
export function NotesCard({ i18n, viewer, desk, again, here }: DeskProps) {
  const { t } = i18n;
  const { typed, problems } = triedOf(again, "note");
  const notes = notesOf(desk.record);
  return (
    <section class="card internal" id="notes" aria-labelledby="notes-title">
      <h2 class="card-title internal-title" id="notes-title">
        <Icon name="lock" />
        {t("staff.notes")}
      </h2>
      <p class="fine">{t("staff.note.hint")}</p>
      <div data-live="notes" data-testid="staff-claim-detail-note">
        {notes.length === 0 ? <p>{t("staff.notes.none")}</p> : (
          <ul class="notes">
            {notes.slice(0, SHOWN).map((note) => (
              <li key={note.id} id={`note-${note.id}`}>
                <p class="entry-text">{note.text}</p>
                <p class="fine">
                  {actorName(i18n, note.by, viewer)}, <Moment i18n={i18n} when={note.at} />
                </p>
              </li>
            ))}
          </ul>
        )}
      </div>
      {notes.length > SHOWN && (
        <p class="fine">{i18n.plural("staff.notes.more", notes.length - SHOWN)}</p>
      )}
      <form method="post" action={`${here}#notes`} class="form" novalidate>
        <input type="hidden" name="act" value="note" />
        <input type="hidden" name="id" value={typed["id"] ?? crypto.randomUUID()} />
        <FormProblem i18n={i18n} problems={problems} />
        <TextArea
          i18n={i18n}
          label={t("staff.note.label")}
          name="note"
          rows={3}
          maxLength={MOST.message}
          value={typed["note"]}
          problems={problems}
        />
        <div>
          <SubmitOnce
            text={t("staff.note.button")}
            busyText={t("form.busy")}
            class={buttonClass("secondary")}
            testId="note-save"
          />
        </div>
      </form>
    </section>
  );
}

/** Notes of their own and those that came with moves, the latest first. */
function notesOf({ messages, stages }: ClaimRecord) {
  const written = messages.filter(({ isInternal }) => isInternal)
    .map(({ id, at, by, body }) => ({ id, at, by, text: body }));
  const beside = stages.filter(({ isPublic, isAssignment }) => !isPublic && !isAssignment)
    .map(({ id, at, by, note }) => ({ id, at, by, text: note ?? "" }));
  return [...written, ...beside].sort((one, other) => other.at.getTime() - one.at.getTime());
}
