/** What those who look after a member write down about them. See `refusals.ts` for errors. */
import type { Transaction } from "../platform/database.ts";
import type { ActivityKind, FollowUp, MemberActivity, MemberNote, NoteFacts } from "./notes.ts";

export type {
  ActivityKind,
  FollowUp,
  MemberActivity,
  MemberNote,
  NoteFacts,
  NoteType,
} from "./notes.ts";
export { ACTIVITY_KINDS, NOTE_BOUNDS, NOTE_TYPES } from "./notes.ts";

/** The most that is listed of one member. */
const MOST = 200;

/**
 * Writes a note about a member.
 *
 * @param tx A transaction in the author's name.
 * @param note The note.
 * @returns Its id.
 */
export async function addNote(
  tx: Transaction,
  { memberId, type, body, followUpAt }: NoteFacts & { readonly memberId: string },
): Promise<string> {
  const [row] = await tx<{ id: string }[]>`
    select private.add_member_note(
      ${memberId}::uuid, ${type}, ${body}, ${followUpAt}::timestamptz
    ) as id`;
  if (row === undefined) throw new Error("private.add_member_note returned no row");
  return row.id;
}

/**
 * Changes a note.
 *
 * @param tx A transaction in the author's name.
 * @param id The note.
 * @param facts What it says from now on.
 */
export async function editNote(
  tx: Transaction,
  id: string,
  { type, body, followUpAt }: NoteFacts,
): Promise<void> {
  await tx`
    select private.edit_member_note(${id}::uuid, ${type}, ${body}, ${followUpAt}::timestamptz)`;
}

/**
 * Pins a note to the top, or takes it from there.
 *
 * @param tx A transaction in the author's name.
 * @param id The note.
 * @param isPinned Whether it is to be at the top.
 */
export async function pinNote(tx: Transaction, id: string, isPinned: boolean): Promise<void> {
  await tx`select private.pin_member_note(${id}::uuid, ${isPinned})`;
}

/**
 * Says that what a note reminds of was done, or takes that back.
 *
 * @param tx A transaction in the author's name.
 * @param id The note.
 * @param isDone Whether it was done.
 */
export async function finishNote(tx: Transaction, id: string, isDone: boolean): Promise<void> {
  await tx`select private.finish_member_note(${id}::uuid, ${isDone})`;
}

/**
 * Deletes a note.
 *
 * @param tx A transaction in the author's name, or an administrator's.
 * @param id The note.
 */
export async function deleteNote(tx: Transaction, id: string): Promise<void> {
  await tx`select private.delete_member_note(${id}::uuid)`;
}

/**
 * The notes about a member that somebody sees: pinned ones first, then the latest.
 *
 * @param tx A transaction in the person's name.
 * @param memberId The member.
 */
export async function listNotes(tx: Transaction, memberId: string): Promise<MemberNote[]> {
  return await tx<MemberNote[]>`
    select ${noteColumns(tx)}
    from public.member_notes as note
    where note.member_id = ${memberId}::uuid
    order by note.is_pinned desc, note.created_at desc, note.id
    limit ${MOST}`;
}

/**
 * Writes down what was done with a member.
 *
 * @param tx A transaction in the author's name.
 * @param activity What was done, and when.
 */
export async function addActivity(
  tx: Transaction,
  { memberId, kind, happenedAt, summary }: {
    readonly memberId: string;
    readonly kind: ActivityKind;
    readonly happenedAt: Date;
    readonly summary: string;
  },
): Promise<void> {
  await tx`
    select private.add_member_activity(
      ${memberId}::uuid, ${kind}, ${happenedAt}::timestamptz, ${summary}
    )`;
}

/**
 * What was done with a member, as far as somebody sees it, the latest first.
 *
 * @param tx A transaction in the person's name.
 * @param memberId The member.
 */
export async function listActivities(
  tx: Transaction,
  memberId: string,
): Promise<MemberActivity[]> {
  return await tx<MemberActivity[]>`
    select id, member_id, author_id, author_name, kind, happened_at, summary,
           author_id = (select auth.uid()) as is_own, created_at
    from public.member_activities
    where member_id = ${memberId}::uuid
    order by happened_at desc, id
    limit ${MOST}`;
}

/**
 * What somebody meant to come back to, due before tomorrow, the oldest first.
 *
 * @param tx A transaction in the person's name.
 */
export async function dueFollowUps(tx: Transaction): Promise<FollowUp[]> {
  return await tx<FollowUp[]>`
    select ${noteColumns(tx)}, nullif(member.full_name, '') as member_name
    from public.member_notes as note
    left join public.profiles as member on member.id = note.member_id
    where note.author_id = (select auth.uid()) and note.done_at is null
      and note.follow_up_at < now() + interval '1 day'
    order by note.follow_up_at, note.id
    limit ${MOST}`;
}

function noteColumns(tx: Transaction) {
  return tx`
    note.id, note.member_id, note.author_id, note.author_name, note.type, note.body,
    note.is_pinned, note.follow_up_at, note.done_at,
    note.author_id = (select auth.uid()) as is_own, note.created_at, note.updated_at`;
}
