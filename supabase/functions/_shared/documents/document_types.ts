/** The kinds of files that a claim takes, and how each may be handed out. */

/** Facts about one kind of file. */
export interface DocumentKind {
  /** Endings of names, the usual one first. */
  readonly extensions: readonly string[];
  /** Whether a browser may show it: its content is not run, or only in a sandbox. */
  readonly inline: boolean;
}

/** Every kind that is taken, by its media type; `claim_documents` and the bucket take the same. */
export const DOCUMENT_KINDS = {
  "image/jpeg": { extensions: ["jpg", "jpeg", "jpe", "jfif"], inline: true },
  "image/png": { extensions: ["png"], inline: true },
  "image/webp": { extensions: ["webp"], inline: true },
  "image/heic": { extensions: ["heic", "heif"], inline: false },
  "image/heif": { extensions: ["heif", "heic", "hif"], inline: false },
  "application/pdf": { extensions: ["pdf"], inline: true },
  "text/plain": { extensions: ["txt", "text", "log", "md", "csv"], inline: true },
  "audio/mpeg": { extensions: ["mp3", "mpga"], inline: true },
  "audio/mp4": { extensions: ["m4a", "mp4", "m4b"], inline: true },
  "audio/aac": { extensions: ["aac"], inline: true },
  "audio/ogg": { extensions: ["ogg", "oga", "opus"], inline: true },
  "audio/wav": { extensions: ["wav"], inline: true },
  "audio/webm": { extensions: ["webm", "weba"], inline: true },
} as const satisfies Record<string, DocumentKind>;

/** A media type that is taken. */
export type DocumentType = keyof typeof DOCUMENT_KINDS;

/**
 * The ending of a file's name.
 *
 * @param name A name without folders.
 * @returns What follows the last dot, in lower case; empty if there is nothing before or after it.
 */
export function extensionOf(name: string): string {
  const at = name.lastIndexOf(".");
  return at <= 0 ? "" : name.slice(at + 1).toLowerCase();
}
