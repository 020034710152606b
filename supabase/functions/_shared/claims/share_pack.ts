/** Links that hand out some documents of a claim to somebody without an account. */

/** A shared document as its recipient sees it: by its place in the list, without our ids. */
export interface SharedDocument {
  readonly position: number;
  readonly name: string;
  /** Media type. */
  readonly fileType: string;
  /** Bytes. */
  readonly fileSize: number;
}

/** What opening a link comes to. */
export type OpenedPack =
  | {
    readonly outcome: "ok";
    readonly senderName: string;
    readonly recipient: string | null;
    readonly expiresAt: Date;
    readonly documents: readonly SharedDocument[];
  }
  | { readonly outcome: "gone" | "pin_required" | "wrong_pin" | "locked" };

/** A link as whoever made it sees it. */
export interface SharePack {
  readonly id: string;
  readonly recipient: string | null;
  readonly hasPin: boolean;
  /** Wrong PINs since the last right one; five close the link. */
  readonly pinFailures: number;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
  /** Names of the documents, in their order. */
  readonly documents: readonly string[];
  /** What its recipient did, the latest first. */
  readonly accesses: readonly PackAccess[];
}

/** One thing that the recipient of a link did. */
export interface PackAccess {
  readonly action: "opened" | "viewed" | "downloaded" | "wrong_pin";
  /** Name of the document; null where it was the link as a whole. */
  readonly document: string | null;
  readonly at: Date;
}

/** Whether a link still works. */
export function isPackOpen(
  { revokedAt, expiresAt, pinFailures }: Pick<SharePack, "revokedAt" | "expiresAt" | "pinFailures">,
  now: number,
): boolean {
  return revokedAt === null && expiresAt.getTime() > now && pinFailures < 5;
}
