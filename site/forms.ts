/** Reading forms: bounded, checked, and with everything a page needs to show them again. */
import { HttpError } from "fresh";
import type { z } from "zod";
import { isMessageKey, type MessageKey, type MessageParams } from "@core/platform/i18n.ts";
import { config } from "../fresh.config.ts";

/** Something that a person has to look at again. */
export interface Problem {
  /** Name of the form's field; null if the problem is with the whole. */
  readonly field: string | null;
  readonly key: MessageKey;
  readonly params?: MessageParams;
}

/** What a person typed, by field; never a password. */
export type Typed = Readonly<Record<string, string>>;

/** A form as it was read. */
export type FormResult<T> =
  | { readonly ok: true; readonly value: T; readonly typed: Typed }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly typed: Typed };

const FORM_TYPES: readonly string[] = ["application/x-www-form-urlencoded", "multipart/form-data"];
/** Fields that are never shown again. */
const SECRET_FIELDS: readonly string[] = ["password", "present"];

/**
 * Reads a posted form and checks it.
 *
 * @param req The request.
 * @param schema Checks the fields; the message of each issue is a message key.
 * @returns The checked value, or the first problem of each field.
 * @throws {HttpError} 400 if the form cannot be read, 413 if it is too large, 415 if it is none.
 */
export async function readForm<T>(req: Request, schema: z.ZodType<T>): Promise<FormResult<T>> {
  const fields = await readFields(req);
  const typed = Object.fromEntries(
    Object.entries(fields).filter(([name]) => !SECRET_FIELDS.includes(name)),
  );
  const result = schema.safeParse(fields);
  if (result.success) return { ok: true, value: result.data, typed };
  return { ok: false, problems: problemsOf(result.error), typed };
}

/** The first problem of each field, in the order of the form's fields. */
function problemsOf(error: z.ZodError): Problem[] {
  const problems = new Map<string, Problem>();
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? "");
    const key = isMessageKey(issue.message) ? issue.message : "form.problem";
    if (!problems.has(field)) {
      problems.set(field, { field: field === "" ? null : field, key, params: BOUNDS[key] ?? {} });
    }
  }
  return [...problems.values()];
}

/** The numbers that some messages name. */
const BOUNDS: Readonly<Partial<Record<MessageKey, MessageParams>>> = {
  "field.password.short": { min: config.form.password.min },
  "field.password.long": { max: config.form.password.max },
  "field.name.long": { max: config.form.nameMax },
};

/** Text fields as they were sent; of a repeated one the first counts. Files are left out. */
async function readFields(req: Request): Promise<Record<string, string>> {
  const type = req.headers.get("content-type") ?? "";
  if (!FORM_TYPES.includes(type.split(";", 1)[0]?.trim().toLowerCase() ?? "")) {
    throw new HttpError(415);
  }
  const body = await readBody(req, config.form.maxBytes);
  const fields: Record<string, string> = {};
  for (const [name, value] of await parseForm(body, type)) {
    if (typeof value !== "string") continue;
    // PostgreSQL stores no NUL, and no person types one.
    fields[name] ??= value.replaceAll("\0", "").normalize("NFC");
  }
  return fields;
}

async function parseForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new HttpError(400, undefined, { cause });
  }
}

async function readBody(req: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of req.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new HttpError(413);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
