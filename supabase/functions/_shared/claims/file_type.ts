/** Which kind of file something seems to be. All of its content decides later. */
import { FILE_TYPES } from "./timeline.ts";

/** A kind of file that is taken. */
export type FileType = typeof FILE_TYPES[number];

/** Other names that browsers have for the same kinds. */
const ALIASES: Readonly<Record<string, FileType>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/heic-sequence": "image/heic",
  "image/heif-sequence": "image/heif",
  "application/x-pdf": "application/pdf",
  "audio/mp3": "audio/mpeg",
  "audio/x-m4a": "audio/mp4",
  "audio/m4a": "audio/mp4",
  "audio/x-wav": "audio/wav",
  "audio/wave": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/x-aac": "audio/aac",
  "audio/opus": "audio/ogg",
  "video/webm": "audio/webm",
  "application/ogg": "audio/ogg",
};

/** By the end of the name, where the browser knows nothing. */
const BY_NAME: Readonly<Record<string, FileType>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
  pdf: "application/pdf",
  txt: "text/plain",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  weba: "audio/webm",
  webm: "audio/webm",
  aac: "audio/aac",
};

/** What a file chooser offers: the kinds, and the endings for browsers that do not know them. */
export const ACCEPT: string = [
  ...FILE_TYPES,
  ".heic",
  ".heif",
  ".m4a",
  ".opus",
].join(",");

/**
 * The kind of a file as it is announced. Pure.
 *
 * @param name Name of the file.
 * @param declared What the browser takes it for; often empty.
 * @returns The kind, or null if it is none that is taken.
 */
export function fileTypeOf(name: string, declared: string): FileType | null {
  const type = declared.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const known = FILE_TYPES.find((taken) => taken === type) ?? ALIASES[type];
  if (known !== undefined) return known;
  if (type !== "" && type !== "application/octet-stream") return null;
  return BY_NAME[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ""] ?? null;
}

/** How photos and papers begin, in Latin-1. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, type: FileType])[] = [
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^\x89PNG\r\n/, "image/png"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^[^]{4}ftyphe[iv][cmsx]/, "image/heic"],
  [/^[^]{4}ftypm(?:if|sf)1/, "image/heif"],
  [/^%PDF-/, "application/pdf"],
];

/**
 * What a file is to be announced as. Browsers go by the name, and many a photo is saved or passed on
 * under the wrong one: it is then announced as what it seems to be and not refused for its name.
 *
 * @param file The file.
 * @returns Its kind by its beginning, or what the browser takes it for.
 */
export async function seenFileType(file: Blob): Promise<string> {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  return BEGINNINGS.find(([beginning]) => beginning.test(head))?.[1] ?? file.type;
}
