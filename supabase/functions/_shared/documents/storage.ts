/**
 * Files in Storage as a person reaches them: with their own token, so that Storage's policies decide
 * once more. Spoken over HTTP and not through supabase-js, which neither passes a range on nor hands
 * out an answer's stream with its headers.
 */
import { z } from "zod";
import type { CommonEnv } from "@core/platform/env.ts";
import { AppError } from "@core/platform/errors.ts";

/** Where a file lies. */
export interface StoredAt {
  readonly bucket: string;
  readonly filePath: string;
}

/** A file that was opened; read or cancel its body. */
export interface OpenFile {
  /** 200 for the whole file, 206 for a part, 416 for a part that does not exist. */
  readonly status: 200 | 206 | 416;
  readonly body: ReadableStream<Uint8Array>;
  /** `content-length`, `content-range` and the like, as Storage says them. */
  readonly headers: Headers;
}

/** How to open a file. */
export interface OpenOptions {
  /** A `Range` header to pass on. */
  readonly range?: string | null;
  /** Ends the stream, for instance when the reader has gone. */
  readonly signal?: AbortSignal;
}

/** Which Storage. */
export type StorageEnv = Pick<CommonEnv, "supabaseUrl" | "supabasePublishableKey">;

/** Longest wait until Storage begins to answer, in milliseconds. */
const PATIENCE = 15_000;

/** How a file is asked for: whose key, and whose token. */
export interface Credentials {
  readonly apikey: string;
  readonly bearer: string;
}

const SignedAnswer = z.looseObject({ signedURL: z.string() });

/**
 * Opens a file with the token of the person who asks. Nothing of it is held in memory.
 *
 * @param env Which Storage.
 * @param at Where the file lies.
 * @param token The person's access token.
 * @param options Which part, and what ends it.
 * @returns The open file, or null if Storage shows this person no such file.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export function openFile(
  env: StorageEnv,
  at: StoredAt,
  token: string,
  options: OpenOptions = {},
): Promise<OpenFile | null> {
  const credentials = { apikey: env.supabasePublishableKey, bearer: token };
  return openWith(env, at, credentials, options);
}

/**
 * Makes an address under which whoever has it reads the file for a while.
 *
 * @param env Which Storage.
 * @param at Where the file lies.
 * @param token The person's access token.
 * @param options How long in seconds, and the name under which the file is saved.
 * @returns The address, or null if Storage shows this person no such file.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function signFile(
  env: StorageEnv,
  at: StoredAt,
  token: string,
  { expiresIn, saveAs }: { readonly expiresIn: number; readonly saveAs: string },
): Promise<string | null> {
  const answer = await askStorage(env, `object/sign/${encodedPath(at)}`, {
    method: "POST",
    headers: { ...personal(env, token), "content-type": "application/json" },
    body: JSON.stringify({ expiresIn }),
  });
  const text = await answer.text();
  if (!answer.ok) return missingOr(answer.status, text);
  const signed = SignedAnswer.safeParse(parsed(text));
  const key = signed.success
    ? new URL(signed.data.signedURL, env.supabaseUrl).searchParams.get("token")
    : null;
  if (key === null) throw unavailable(new Error("Storage signed nothing"));
  const query = new URLSearchParams({ token: key, download: saveAs });
  return `${env.supabaseUrl}/storage/v1/object/sign/${encodedPath(at)}?${query}`;
}

/**
 * Stores a file in the person's name, at a place where none is yet.
 *
 * @param env Which Storage.
 * @param at Where it is to lie.
 * @param token The person's access token.
 * @param file Its content and media type.
 * @returns False if Storage takes no file there from this person.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function putFile(
  env: StorageEnv,
  at: StoredAt,
  token: string,
  file: { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string },
): Promise<boolean> {
  const answer = await askStorage(env, `object/${encodedPath(at)}`, {
    method: "POST",
    headers: { ...personal(env, token), "content-type": file.type, "x-upsert": "false" },
    body: file.bytes,
  });
  await answer.body?.cancel();
  if (answer.status >= 500) throw unavailable(new Error(`Storage answered ${answer.status}`));
  return answer.ok;
}

/** What {@linkcode openFile} does, for whichever credentials; `storage_keeper.ts` uses it too. */
export async function openWith(
  env: Pick<StorageEnv, "supabaseUrl">,
  at: StoredAt,
  { apikey, bearer }: Credentials,
  { range, signal }: OpenOptions,
): Promise<OpenFile | null> {
  const headers = new Headers({ apikey, authorization: `Bearer ${bearer}` });
  if (range) headers.set("range", range);
  // Packed on the way it would have another length.
  headers.set("accept-encoding", "identity");
  const answer = await askStorage(env, `object/${encodedPath(at)}`, { headers }, signal);
  const { status, body } = answer;
  if ((status === 200 || status === 206 || status === 416) && body !== null) {
    return { status, body, headers: answer.headers };
  }
  return missingOr(status, await answer.text());
}

/** Asks Storage; the wait until it begins to answer is limited, its answer may take longer. */
export async function askStorage(
  env: Pick<StorageEnv, "supabaseUrl">,
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE);
  try {
    return await fetch(`${env.supabaseUrl}/storage/v1/${path}`, {
      ...init,
      redirect: "manual",
      signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    });
  } catch (cause) {
    throw unavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Storage says 400 for what is missing or hidden, with 404 or 403 in the body. */
function missingOr(status: number, text: string): null {
  const said = z.looseObject({ statusCode: z.coerce.number() }).safeParse(parsed(text));
  const meant = status === 400 && said.success ? said.data.statusCode : status;
  if (meant === 404 || meant === 403) return null;
  throw unavailable(new Error(`Storage answered ${status} (${meant})`));
}

/** That Storage cannot be used now. */
export function unavailable(cause: unknown): AppError {
  return new AppError({
    code: "storage_unavailable",
    status: 503,
    message: "The file cannot be reached right now. Please try again shortly.",
    retryAfter: 5,
    cause,
  });
}

function personal(env: StorageEnv, token: string) {
  return { apikey: env.supabasePublishableKey, authorization: `Bearer ${token}` };
}

/** Our paths are plain, but nothing is put into an address unencoded. */
function encodedPath({ bucket, filePath }: StoredAt): string {
  return [bucket, ...filePath.split("/")].map(encodeURIComponent).join("/");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
