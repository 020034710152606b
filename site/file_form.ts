/** Reads a form that holds one file, for browsers without JavaScript. */
import { HttpError } from "fresh";
import { MAX_FILE_BYTES } from "@core/claims/timeline.ts";

/** A form with a file, as it was read. */
export interface FileForm {
  readonly fields: Readonly<Record<string, string>>;
  /** Null if none was chosen. */
  readonly file: File | null;
  /** Whether the file was larger than what is taken; it was then not kept. */
  readonly tooLarge: boolean;
}

/** The form around the file. */
const FRAME_BYTES = 64 * 1024;
/** Of a file that is too large so much is read and dropped, so that the browser hears the answer. */
const READ_AT_MOST = 100 * 1024 * 1024;
/** Files held in memory at once; the next one waits. */
const AT_ONCE = 4;

let held = 0;
const waiting: (() => void)[] = [];

/** Whether a request brings a form with a file. */
export function hasFile(req: Request): boolean {
  return (req.headers.get("content-type") ?? "").toLowerCase().startsWith("multipart/form-data");
}

/**
 * Reads the form and does something with it; a few at a time, as each is held in memory.
 *
 * @param req The request.
 * @param work What to do with it.
 * @throws {HttpError} 400 if the form cannot be read, 413 if it is larger than any file could be.
 */
export async function withFileForm<T>(
  req: Request,
  work: (form: FileForm) => Promise<T>,
): Promise<T> {
  if (held >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  else held++;
  try {
    return await work(await readFileForm(req));
  } finally {
    const next = waiting.shift();
    if (next === undefined) held--;
    else next();
  }
}

async function readFileForm(req: Request): Promise<FileForm> {
  const type = req.headers.get("content-type") ?? "";
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of req.body ?? []) {
    size += chunk.byteLength;
    if (size > READ_AT_MOST) throw new HttpError(413);
    if (size <= MAX_FILE_BYTES + FRAME_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > MAX_FILE_BYTES + FRAME_BYTES) return { fields: {}, file: null, tooLarge: true };
  let form: FormData;
  try {
    form = await new Response(new Blob(chunks), { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new HttpError(400, undefined, { cause });
  }
  const fields: Record<string, string> = {};
  let file: File | null = null;
  for (const [name, value] of form) {
    if (typeof value === "string") fields[name] ??= value.replaceAll("\0", "").normalize("NFC");
    // A field without a choice comes as a file without a name.
    else if (value.name !== "" || value.size > 0) file ??= value;
  }
  return { fields, file, tooLarge: false };
}
