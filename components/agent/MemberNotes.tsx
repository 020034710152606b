import type { MemberNote } from "@core/agents/notes.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { NOTE_MOST, NOTE_TYPES } from "../../site/note_forms.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Badge } from "../Badge.tsx";
import { buttonClass } from "../Button.tsx";
import { Choice } from "../Choice.tsx";
import { DateField } from "../DateField.tsx";
import { Icon } from "../Icon.tsx";
import { Moment } from "../Moment.tsx";
import { TextArea } from "../TextArea.tsx";

/** Props of {@linkcode MemberNotes}. */
export interface MemberNotesProps {
  readonly i18n: I18n;
  /** The member's page, which takes the forms. */
  readonly here: string;
  readonly notes: readonly MemberNote[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What an agent noted about a member; the member never sees it. */
export function MemberNotes({ i18n, here, notes, typed, problems, now }: MemberNotesProps) {
  const { t } = i18n;
  return (
    <section class="card internal" id="notes" aria-labelledby="notes-title">
      <h2 class="card-title internal-title" id="notes-title">
        <Icon name="lock" />
        {t("agent.notes.title")}
      </h2>
      <p class="fine">{t("agent.notes.hint")}</p>
      {notes.length > 0 && (
        <ul class="notes">
          {notes.map((note) => (
            <li key={note.id} id={`note-${note.id}`} data-testid="member-note">
              <Note i18n={i18n} here={here} note={note} now={now} />
            </li>
          ))}
        </ul>
      )}
      <form method="post" action={`${here}#notes`} class="form" novalidate>
        <input type="hidden" name="act" value="note" />
        <NoteFields i18n={i18n} typed={typed} problems={problems} />
        <div>
          <SubmitOnce
            text={t("agent.note.save")}
            busyText={t("form.busy")}
            class={buttonClass("secondary")}
            testId="note-save"
          />
        </div>
      </form>
    </section>
  );
}

/** The fields of a note, new or changed. */
export function NoteFields(
  { i18n, typed, problems }: Pick<MemberNotesProps, "i18n" | "typed" | "problems">,
) {
  const { t } = i18n;
  return (
    <>
      <TextArea
        i18n={i18n}
        label={t("agent.note.body")}
        name="body"
        rows={3}
        maxLength={NOTE_MOST.body}
        value={typed["body"]}
        problems={problems}
      />
      <div class="side-by-side">
        <Choice
          i18n={i18n}
          label={t("agent.note.type")}
          name="type"
          value={typed["type"] ?? "general"}
          options={NOTE_TYPES.map((value) => ({ value, text: t(`agent.note.type.${value}`) }))}
          problems={problems}
        />
        <DateField
          i18n={i18n}
          label={t("agent.note.follow_up")}
          name="followUp"
          value={typed["followUp"]}
          problems={problems}
        />
      </div>
    </>
  );
}

function Note(
  { i18n, here, note, now }: Pick<MemberNotesProps, "i18n" | "here" | "now"> & {
    readonly note: MemberNote;
  },
) {
  const { t } = i18n;
  const { followUpAt, doneAt } = note;
  const isDue = followUpAt !== null && doneAt === null && followUpAt.getTime() <= now;
  const words = [...note.body].slice(0, 40).join("");
  return (
    <>
      <p class="note-line">
        {note.isPinned && <Badge tone="info" text={t("agent.note.pinned")} />}
        <span class="fine">
          {t(`agent.note.type.${note.type}`)}, <Moment i18n={i18n} when={note.createdAt} />
        </span>
      </p>
      <p class="entry-text">{note.body}</p>
      {followUpAt !== null && (
        <p class="note-line">
          <Badge
            tone={doneAt !== null ? "good" : isDue ? "warning" : "neutral"}
            text={doneAt !== null
              ? t("agent.note.done")
              : t("agent.note.due", { date: i18n.date(followUpAt) })}
          />
        </p>
      )}
      <div class="note-acts">
        {followUpAt !== null && (
          <NoteAct
            here={here}
            note={note.id}
            act={doneAt === null ? "finish" : "reopen"}
            text={t(doneAt === null ? "agent.note.finish" : "agent.note.reopen")}
            about={words}
          />
        )}
        <NoteAct
          here={here}
          note={note.id}
          act={note.isPinned ? "unpin" : "pin"}
          text={t(note.isPinned ? "agent.note.unpin" : "agent.note.pin")}
          about={words}
        />
        <a href={`${here}/notes/${note.id}`}>
          {t("agent.note.edit")}
          <span class="visually-hidden">{`: ${words}`}</span>
        </a>
      </div>
    </>
  );
}

interface NoteActProps {
  readonly here: string;
  readonly note: string;
  readonly act: string;
  readonly text: string;
  /** Beginning of the note, for those who hear the page. */
  readonly about: string;
}

function NoteAct({ here, note, act, text, about }: NoteActProps) {
  return (
    <form method="post" action={`${here}#notes`}>
      <input type="hidden" name="act" value={act} />
      <input type="hidden" name="note" value={note} />
      <button type="submit" class="link-button" data-testid={`note-${act}`}>
        {text}
        <span class="visually-hidden">{`: ${about}`}</span>
      </button>
    </form>
  );
}
