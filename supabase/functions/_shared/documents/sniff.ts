/**
 * What a file is, by its content. Its name and what the browser says of it count for nothing.
 *
 * Signatures after the WHATWG MIME Sniffing standard where it has them, else after each format's own
 * specification. What could be taken for two things at once is refused: what we see is then not what
 * another program may see.
 */
import { find, has, latin1, uint16le, uint32 } from "./bytes.ts";
import type { DocumentType } from "./document_types.ts";
import type { Sample } from "./sample.ts";
import { sniffAudio } from "./sniff_audio.ts";
import { sniffImage } from "./sniff_image.ts";

/** Why a file is not taken. */
export type Danger =
  /** Nothing in it. */
  | "empty_file"
  /** A program, or a script that names the program to run it. */
  | "executable"
  /** ZIP, 7z and the like; office documents are ZIP files too. Nothing is ever unpacked here. */
  | "archive"
  /** HTML, SVG, XML or another page, even if it is called text. */
  | "markup"
  /** Two formats in one. */
  | "polyglot"
  /** A picture that would fill a reader's memory. */
  | "too_many_pixels"
  /** Moving pictures. */
  | "video"
  /** None of the kinds that are taken. */
  | "unknown_type";

/** What was found. */
export type Sniffed = { readonly type: DocumentType } | { readonly danger: Danger };

/** Signatures of programs. */
const EXECUTABLES: readonly (readonly number[] | string)[] = [
  "MZ",
  "\x7fELF",
  [0xfe, 0xed, 0xfa, 0xce],
  [0xfe, 0xed, 0xfa, 0xcf],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
  "\0asm",
  "dex\n",
  "L\0\0\0\x01\x14\x02\0",
  "#!",
];

/** Signatures of archives and of compressed files. */
const ARCHIVES: readonly (readonly number[] | string)[] = [
  "PK\x03\x04",
  "PK\x05\x06",
  "PK\x07\x08",
  "Rar!\x1a\x07",
  "7z\xbc\xaf\x27\x1c",
  [0x1f, 0x8b],
  "BZh",
  "\xfd7zXZ\0",
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x04, 0x22, 0x4d, 0x18],
  "MSCF",
  "xar!",
  "!<arch>\n",
];

/** Where a tar file says that it is one. */
const TAR_AT = 257;
/** PDF readers look for the signature in so many bytes. */
const PDF_WITHIN = 1024;
const ACTIVE_MARKUP = /<(?:!doctype\s+html|html|script|svg|iframe|\?php)[\s>]/i;

/**
 * Says what a file is.
 *
 * @param sample What was kept of it.
 * @returns Its kind, or why it is not taken.
 */
export function sniff(sample: Sample): Sniffed {
  const { head, size, text } = sample;
  if (size === 0) return { danger: "empty_file" };
  if (isPdf(head)) return unlessPolyglot(sample, "application/pdf");
  switch (text) {
    case "plain":
      return { type: "text/plain" };
    case "markup":
      return { danger: "markup" };
    case "script":
      return { danger: "executable" };
    case "other":
      return { danger: "unknown_type" };
  }
  const found = sniffImage(sample) ?? sniffAudio(sample);
  if (found !== null) return "type" in found ? unlessPolyglot(sample, found.type) : found;
  if (EXECUTABLES.some((signature) => has(head, 0, signature))) return { danger: "executable" };
  const isArchive = ARCHIVES.some((signature) => has(head, 0, signature)) || isTar(head) ||
    endsAsZip(sample);
  return { danger: isArchive ? "archive" : "unknown_type" };
}

/**
 * Whether a file of one kind may be announced as another: some systems call HEIC photos HEIF.
 *
 * @param announced As what it was announced.
 * @param found What it is.
 */
export function matchesAnnounced(announced: DocumentType, found: DocumentType): boolean {
  return announced === found || (isHeif(announced) && isHeif(found));
}

function isHeif(type: DocumentType): boolean {
  return type === "image/heic" || type === "image/heif";
}

function isPdf(head: Uint8Array): boolean {
  return has(head, 0, "%PDF-") && (head[5] ?? 0) >= 0x30 && (head[5] ?? 0) <= 0x39;
}

function isTar(head: Uint8Array): boolean {
  return has(head, TAR_AT, "ustar");
}

function unlessPolyglot(sample: Sample, type: DocumentType): Sniffed {
  const { head, tail } = sample;
  const isTwo = endsAsZip(sample) || isTar(head) ||
    [head, tail].some((part) =>
      find(part, "Rar!\x1a\x07") !== -1 || find(part, "7z\xbc\xaf\x27\x1c") !== -1
    ) ||
    (type === "application/pdf"
      // A page that was printed may well quote markup further down.
      ? ACTIVE_MARKUP.test(latin1(head.subarray(0, PDF_WITHIN)))
      : find(head.subarray(0, PDF_WITHIN), "%PDF-") !== -1 ||
        ACTIVE_MARKUP.test(latin1(head)) || ACTIVE_MARKUP.test(latin1(tail)));
  return isTwo ? { danger: "polyglot" } : { type };
}

/**
 * Whether the file ends with a ZIP's directory, behind whatever it begins with: programs that unpack
 * look at the end only. Four bytes may stand anywhere by chance, so what follows them has to fit.
 */
function endsAsZip({ tail, size }: Sample): boolean {
  for (let at = find(tail, "PK\x05\x06"); at !== -1; at = find(tail, "PK\x05\x06", at + 1)) {
    const left = tail.length - at;
    if (left < 22) return false;
    const isOneDisk = uint32(tail, at + 4) === 0;
    const countsAgree = uint16le(tail, at + 8) === uint16le(tail, at + 10);
    const commentFits = 22 + uint16le(tail, at + 20) <= left;
    if (isOneDisk && countsAgree && commentFits && size >= 22) return true;
  }
  return false;
}
