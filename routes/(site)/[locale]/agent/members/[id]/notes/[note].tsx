import { type Context, HttpError, page } from "fresh";
import { deleteNote, editNote, listNotes } from "@core/agents/notes_store.ts";
import { unlessRefused } from "@core/agents/refusals.ts";
import { NoteFields } from "../../../../../../../components/agent/MemberNotes.tsx";
import { buttonClass, ButtonLink } from "../../../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../../../islands/SubmitOnce.tsx";
import { noteProblems } from "../../../../../../../site/agent_member_acts.ts";
import { readAgentMember } from "../../../../../../../site/agent_members.ts";
import { AnyForm, claimIdOf } from "../../../../../../../site/claim_pages.ts";
import { dayIn } from "../../../../../../../site/claim_steps.ts";
import { type Problem, readForm, type Typed } from "../../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../../site/guards.ts";
import { isUuid } from "../../../../../../../site/links.ts";
import { dueMoment, NoteForm } from "../../../../../../../site/note_forms.ts";
import { define, type State } from "../../../../../../../utils.ts";

interface NoteData {
  readonly name: string;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Changes or deletes a note of the agent's own. */
export const handler = define.handlers({
  async GET(ctx) {
    const { note, name } = await ownNote(ctx);
    const followUp = note.followUpAt === null
      ? ""
      : dayIn(ctx.state.tenant.timeZone, note.followUpAt.getTime());
    const typed = { type: note.type, body: note.body, followUp };
    return page<NoteData>({ name, typed, problems: [] });
  },

  async POST(ctx) {
    const { note, name, back } = await ownNote(ctx);
    const { typed } = await readForm(ctx.req, AnyForm);
    const again = (problems: readonly Problem[], status: number) =>
      page<NoteData>({ name, typed, problems }, { status });
    const form = NoteForm.safeParse(typed);
    const isDeleted = typed["act"] === "delete";
    if (!isDeleted && !form.success) return again(noteProblems(form.error), 422);
    const outcome = await unlessRefused(ctx.state.db(async (tx) => {
      if (isDeleted || !form.success) return await deleteNote(tx, note.id);
      const { type, body, followUp } = form.data;
      const followUpAt = followUp === null ? null : dueMoment(followUp);
      await editNote(tx, note.id, { type, body, followUpAt });
    }));
    if (outcome.kind === "done") return ctx.redirect(`${back}#notes`, 303);
    if (outcome.why === "not_found") throw new HttpError(404);
    return again([{ field: null, key: "agent.refused.other" }], 409);
  },
});

/** The note that a path names. */
async function ownNote(ctx: Context<State>) {
  const { state, params } = ctx;
  const memberId = claimIdOf(ctx);
  const noteId = (params["note"] ?? "").toLowerCase();
  if (!isUuid(noteId)) throw new HttpError(404);
  const [member, notes] = await state.db((tx) =>
    Promise.all([
      readAgentMember(tx, viewerOf(state), memberId, state.services.clock.now()),
      listNotes(tx, memberId),
    ])
  );
  const note = notes.find(({ id }) => id === noteId);
  if (member === null || note === undefined) throw new HttpError(404);
  return {
    note,
    name: member.fullName || member.email,
    back: `/${state.locale}/agent/members/${memberId}`,
  };
}

export default define.page<typeof handler>(function EditNote({ data, state, url }) {
  const { i18n } = state;
  const { t } = i18n;
  const { name, typed, problems } = data;
  const back = url.pathname.replace(/\/notes\/[^/]*$/, "");
  return (
    <Page i18n={i18n} title={t("agent.note.edit.title")} ready="agent-note-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`${back}#notes`}>{name}</a>
        </p>
        <h1>{t("agent.note.edit.title")}</h1>
      </header>
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={url.pathname} class="form card" novalidate>
          <NoteFields i18n={i18n} typed={typed} problems={problems} />
          <div class="actions">
            <SubmitOnce
              text={t("agent.note.save")}
              busyText={t("form.busy")}
              class={buttonClass("primary")}
              testId="note-save"
            />
            <ButtonLink href={`${back}#notes`} kind="quiet">{t("agent.back")}</ButtonLink>
          </div>
        </form>
        <details class="more">
          <summary data-testid="note-delete-open">{t("agent.note.delete")}</summary>
          <form method="post" action={url.pathname} class="stack">
            <input type="hidden" name="act" value="delete" />
            <p>{t("agent.note.delete.text")}</p>
            <SubmitOnce
              text={t("agent.note.delete.button")}
              busyText={t("form.busy")}
              class={buttonClass("secondary")}
              testId="note-delete"
            />
          </form>
        </details>
      </div>
    </Page>
  );
});
