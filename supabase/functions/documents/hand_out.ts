/** Answers with a file: as it comes from Storage, under headers of our own. */
import { contentDisposition, downloadName } from "@core/documents/content_disposition.ts";
import { DOCUMENT_KINDS, type DocumentType } from "@core/documents/document_types.ts";
import type { OpenFile } from "@core/documents/storage.ts";

/** How a file is handed out. */
export type Disposition = "inline" | "attachment";

/** What the headers say of a file. */
export interface HandedOut {
  readonly name: string;
  readonly fileType: DocumentType;
  readonly fileSize: number;
}

/**
 * Whatever is in a file, it runs no script and loads nothing. The two sources are what browsers' own
 * viewers of pictures and recordings need.
 */
const LOCKED = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Sent on from Storage's answer. */
const PASSED_ON = ["content-length", "content-range"];

/**
 * How a file is handed out: saved, unless it was asked to be shown and is of a kind that is safe to.
 *
 * @param asked The request's `disposition`.
 * @param type The file's kind, by its content.
 */
export function dispositionOf(asked: string | null | undefined, type: DocumentType): Disposition {
  return asked === "inline" && DOCUMENT_KINDS[type].inline ? "inline" : "attachment";
}

/**
 * The answer that hands a file out. Its bytes are passed on as they come.
 *
 * @param file The open file; null for an answer without a body.
 * @param document What it is.
 * @param disposition How it is handed out.
 */
export function handOut(
  file: OpenFile | null,
  document: HandedOut,
  disposition: Disposition,
): Response {
  const { name, fileType, fileSize } = document;
  const headers = fileHeaders(fileType);
  if (file?.status === 416) {
    headers.set("content-range", file.headers.get("content-range") ?? `bytes */${fileSize}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("content-type", fileType === "text/plain" ? "text/plain; charset=utf-8" : fileType);
  headers.set("content-disposition", contentDisposition(disposition, downloadName(name, fileType)));
  headers.set("accept-ranges", "bytes");
  if (file === null) {
    headers.set("content-length", String(fileSize));
    return new Response(null, { headers });
  }
  for (const passed of PASSED_ON) {
    const value = file.headers.get(passed);
    if (value !== null) headers.set(passed, value);
  }
  return new Response(file.body, { status: file.status, headers });
}

/** A viewer of recordings asks for the file itself, and without an origin it may not. */
function sandboxOf(type: DocumentType): string {
  return type.startsWith("audio/") ? "sandbox allow-same-origin" : "sandbox";
}

function fileHeaders(type: DocumentType): Headers {
  return new Headers({
    "cache-control": "private, no-store",
    "content-security-policy": `${sandboxOf(type)}; ${LOCKED}`,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
}
