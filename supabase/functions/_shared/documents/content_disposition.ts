/** Names of files as they stand in an answer's header, whatever somebody called them. */
import { DOCUMENT_KINDS, type DocumentType, extensionOf } from "./document_types.ts";

/** Most file systems keep 255 bytes; browsers add ` (1)` and the like. */
const MAX_NAME_BYTES = 200;

/** Controls, what turns the direction of writing or cannot be seen, and halves of characters. */
// deno-lint-ignore no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f]|[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;
/** What separates folders, or means something to a system. */
const FORBIDDEN = /[/\\:*?"<>|]/g;
/** Names of devices on Windows, whatever follows the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i;

/**
 * The name under which a file is saved: no folders, nothing unseen, not hidden, no device, not too
 * long, and with an ending that says what its content is. A photo that was called `invoice.exe` is
 * saved as `invoice.exe.jpg`.
 *
 * @param name What the uploader called it.
 * @param type What its content is.
 * @returns A name that any system can keep.
 */
export function downloadName(name: string, type: DocumentType): string {
  const cleaned = name.toWellFormed().normalize("NFC")
    .replace(UNSEEN, "").replace(FORBIDDEN, "_").replace(/\s+/g, " ")
    .replace(/^[ .]+|[ .]+$/g, "");
  const { extensions } = DOCUMENT_KINDS[type];
  const given = extensionOf(cleaned);
  const fits = (extensions as readonly string[]).includes(given);
  const ending = `.${fits ? cleaned.slice(-given.length) : extensions[0]}`;
  const base = (fits ? cleaned.slice(0, -ending.length) : cleaned).replace(/[ .]+$/, "");
  const safe = (base === "" ? "document" : base).replace(DEVICE, "_$&");
  return cutToBytes(safe, MAX_NAME_BYTES - ending.length) + ending;
}

/**
 * A `Content-Disposition` header (RFC 6266): the name as it is in RFC 5987's encoding, and one in
 * ASCII for programs that do not know it.
 *
 * @param disposition Whether the file is shown or saved.
 * @param name A name made by {@linkcode downloadName}.
 */
export function contentDisposition(disposition: "inline" | "attachment", name: string): string {
  // A percent sign in the plain form is decoded by some browsers.
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^\x20-\x7e]/g, "_")
    .replace(/["\\%]/g, "_");
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${extendedValue(name)}`;
}

/** RFC 5987's `value-chars`: `encodeURIComponent` leaves five signs that are not among them. */
function extendedValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The beginning of a text, without half a character at its end. */
function cutToBytes(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= bytes) return text;
  let kept = "";
  let left = bytes;
  for (const { segment } of new Intl.Segmenter("und").segment(text)) {
    left -= encoder.encode(segment).length;
    if (left < 0) break;
    kept += segment;
  }
  return kept.trimEnd() || "document";
}
