/** Notes about members, as pages show them. */

/** Kinds of notes. */
export const NOTE_TYPES = ["general", "call", "meeting", "email", "follow_up", "issue"] as const;

/** One of {@linkcode NOTE_TYPES}. */
export type NoteType = typeof NOTE_TYPES[number];

/** Kinds of what was done with a member. */
export const ACTIVITY_KINDS = ["call", "email", "meeting", "note", "other"] as const;

/** One of {@linkcode ACTIVITY_KINDS}. */
export type ActivityKind = typeof ACTIVITY_KINDS[number];

/** Longest note, and longest summary of an activity, in characters. */
export const NOTE_BOUNDS = { body: 4_000, summary: 1_000 } as const;

/** A note. */
export interface MemberNote {
  readonly id: string;
  readonly memberId: string;
  readonly authorId: string;
  readonly authorName: string;
  readonly type: NoteType;
  readonly body: string;
  readonly isPinned: boolean;
  /** When to come back to it. */
  readonly followUpAt: Date | null;
  /** When that was done. */
  readonly doneAt: Date | null;
  /** Whether the viewer wrote it. */
  readonly isOwn: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Something that was done with a member. */
export interface MemberActivity {
  readonly id: string;
  readonly memberId: string;
  readonly authorId: string;
  readonly authorName: string;
  readonly kind: ActivityKind;
  readonly happenedAt: Date;
  readonly summary: string;
  readonly isOwn: boolean;
  readonly createdAt: Date;
}

/** A note to come back to. */
export interface FollowUp extends MemberNote {
  readonly memberName: string | null;
}

/** What a note says. */
export interface NoteFacts {
  readonly type: NoteType;
  readonly body: string;
  readonly followUpAt: Date | null;
}
