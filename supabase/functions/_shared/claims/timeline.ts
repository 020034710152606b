/** What happened on a claim, merged into one line of time. */
import type { ClaimStatus } from "./claim.ts";

/** Who did something: role and, where it is known, the name. */
export interface Actor {
  readonly id: string | null;
  /** As what: `member`, `agent`, `staff`, an administrator, or `owner` for the SQL editor. */
  readonly role: string;
  readonly name: string | null;
}

/** A move of the claim, a note that came with one, or an assignment. */
export interface StageEntry {
  readonly id: string;
  readonly at: Date;
  readonly by: Actor;
  readonly from: ClaimStatus | null;
  readonly to: ClaimStatus;
  readonly isAssignment: boolean;
  /** Names of who had it and who has it; of assignments only. */
  readonly assignedFrom: string | null;
  readonly assignedTo: string | null;
  /** Whether the member sees it. */
  readonly isPublic: boolean;
  readonly note: string | null;
}

/** A message, a note, or a request for a document. */
export interface MessageEntry {
  readonly id: string;
  readonly at: Date;
  readonly by: Actor;
  readonly body: string;
  readonly isInternal: boolean;
  readonly isDocumentRequest: boolean;
  /** When the document asked for was sent. */
  readonly fulfilledAt: Date | null;
  /** When its recipient first read it. */
  readonly readAt: Date | null;
}

/** Kinds of file that are taken, by what they are. */
export const FILE_TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/heic",
  "image/heif",
  "application/pdf",
  "text/plain",
  "audio/mpeg",
  "audio/mp4",
  "audio/ogg",
  "audio/wav",
  "audio/webm",
  "audio/aac",
] as const;

/** Largest file, in bytes: 15 MB, as the bucket and the table say. */
export const MAX_FILE_BYTES = 15_728_640;

/** Most documents of one claim. */
export const MAX_DOCUMENTS = 20;

/** What a document is, as whoever sends it says. */
export const DOCUMENT_CATEGORIES = [
  "evidence",
  "correspondence",
  "contract",
  "receipt",
  "legal",
  "other",
] as const;

/** What a document is. */
export type DocumentCategory = typeof DOCUMENT_CATEGORIES[number];

/** A document of a claim. */
export interface DocumentEntry {
  readonly id: string;
  readonly claimId: string;
  readonly at: Date;
  readonly by: Actor;
  readonly name: string;
  /** Media type, found by content once confirmed. */
  readonly fileType: string;
  /** Bytes. */
  readonly fileSize: number;
  readonly category: DocumentCategory;
  /** Request that it answers. */
  readonly requestId: string | null;
  /** Whether the file is there and was looked at; only the uploader sees others. */
  readonly isReadable: boolean;
}

/** One look at a document. */
export interface DocumentAccess {
  readonly accessedAt: Date;
  /** Audit action, such as `document.download`. */
  readonly action: string;
  readonly accessedByRole: string | null;
  readonly accessedByName: string | null;
  /** Whether it was the reader of this list. */
  readonly isMe: boolean;
}

/** Everything that happened on a claim, as far as one person sees it. */
export interface ClaimRecord {
  readonly stages: readonly StageEntry[];
  readonly messages: readonly MessageEntry[];
  /** Confirmed ones, the oldest first. */
  readonly documents: readonly DocumentEntry[];
  /** Whether older messages or moves were left out. */
  readonly hasEarlier: boolean;
}

/** One thing that happened. */
export type TimelineEntry =
  | { readonly kind: "stage"; readonly at: Date; readonly stage: StageEntry }
  | { readonly kind: "message"; readonly at: Date; readonly message: MessageEntry }
  | { readonly kind: "document"; readonly at: Date; readonly document: DocumentEntry };

/**
 * Merges what happened, the oldest first. Pure.
 *
 * @param record What was read.
 */
export function timelineOf(record: ClaimRecord): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...record.stages.map((stage) => ({ kind: "stage", at: stage.at, stage } as const)),
    ...record.messages.map((message) => ({ kind: "message", at: message.at, message } as const)),
    ...record.documents.map((document) =>
      ({ kind: "document", at: document.at, document }) as const
    ),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Requests for documents that nobody has answered, the oldest first. */
export function openRequests(messages: readonly MessageEntry[]): MessageEntry[] {
  return messages.filter((message) => message.isDocumentRequest && message.fulfilledAt === null);
}
