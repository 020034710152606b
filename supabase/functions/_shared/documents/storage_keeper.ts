/**
 * The one file that uses the project's secret key, and the four things that are done by it (ADR 0022
 * and 0025): reading a shared document for somebody who has no account, after the database said yes to
 * their link; removing files that nobody may read again; and keeping heads of the audit chain in a
 * bucket of their own, which no policy opens to anybody; and sending a small file through Storage, to
 * see whether it works.
 */
import { z } from "zod";
import type { FunctionsEnv } from "@core/platform/env.ts";
import {
  askStorage,
  type OpenFile,
  type OpenOptions,
  openWith,
  type StoredAt,
  unavailable,
} from "./storage.ts";

/** Which Storage, and the key that passes over its policies. */
export type KeeperEnv = Pick<FunctionsEnv, "supabaseUrl" | "supabaseSecretKey">;

/** Storage takes at most a thousand at once; an address has its limits too. */
const REMOVED_AT_ONCE = 100;

/**
 * Opens a document that a link hands out.
 *
 * @param env Which Storage.
 * @param at Where the file lies, as `private.open_share_pack_document` said for this very request.
 * @param options Which part, and what ends it.
 * @returns The open file, or null if there is none.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export function openSharedFile(
  env: KeeperEnv,
  at: StoredAt,
  options: OpenOptions = {},
): Promise<OpenFile | null> {
  const key = env.supabaseSecretKey;
  return openWith(env, at, { apikey: key, bearer: key }, options);
}

/**
 * Removes files through Storage, which takes their bytes away with them. What is not there is passed
 * over.
 *
 * @param env Which Storage.
 * @param bucket The bucket.
 * @param paths Paths in the bucket, as the database listed them.
 * @returns How many were there and are gone.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function removeFiles(
  env: KeeperEnv,
  bucket: string,
  paths: readonly string[],
): Promise<number> {
  let removed = 0;
  for (let at = 0; at < paths.length; at += REMOVED_AT_ONCE) {
    const answer = await askStorage(env, `object/${encodeURIComponent(bucket)}`, {
      method: "DELETE",
      headers: { ...keys(env), "content-type": "application/json" },
      body: JSON.stringify({ prefixes: paths.slice(at, at + REMOVED_AT_ONCE) }),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw unavailable(new Error(`Storage answered ${answer.status} to a removal`));
    }
    const gone: unknown = await answer.json();
    removed += Array.isArray(gone) ? gone.length : 0;
  }
  return removed;
}

/** The bucket of the audit chain's heads. */
const HEADS = "audit-heads";
/** Storage lists at most so many at once. */
const LISTED_AT_ONCE = 1000;

const Listing = z.array(z.object({ name: z.string() }));

/**
 * Keeps a head of the audit chain. What is there under that name stays as it is.
 *
 * @param env Which Storage.
 * @param path Its name in the bucket.
 * @param content What is kept.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function keepHead(env: KeeperEnv, path: string, content: string): Promise<void> {
  const answer = await askStorage(env, `object/${HEADS}/${path}`, {
    method: "POST",
    headers: { ...keys(env), "content-type": "application/json", "x-upsert": "false" },
    body: content,
  });
  const text = await answer.text();
  // From a run that was killed before it could note that it was here.
  if (!answer.ok && !/already exists|Duplicate/i.test(text)) {
    throw unavailable(new Error(`Storage answered ${answer.status} to a head`));
  }
}

/**
 * Paths in the bucket of the audit chain's heads, in their order. Hosted Storage lists the folders of
 * the bucket and names within a folder, the local one whole paths in both cases.
 *
 * @param env Which Storage.
 * @param folder Below which folder; empty for the bucket itself.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function listHeads(env: KeeperEnv, folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (let more = true; more;) {
    const answer = await askStorage(env, `object/list/${HEADS}`, {
      method: "POST",
      headers: { ...keys(env), "content-type": "application/json" },
      body: JSON.stringify({
        prefix: folder,
        limit: LISTED_AT_ONCE,
        offset: names.length,
        sortBy: { column: "name", order: "asc" },
      }),
    });
    const listed = answer.ok ? Listing.parse(await answer.json()) : null;
    if (listed === null) {
      await answer.body?.cancel();
      throw unavailable(new Error(`Storage answered ${answer.status} to a listing`));
    }
    names.push(...listed.map(({ name }) => name));
    more = listed.length === LISTED_AT_ONCE;
  }
  const within = (name: string) => folder === "" || name.startsWith(`${folder}/`);
  return names.map((name) => within(name) ? name : `${folder}/${name}`).sort();
}

/**
 * A head of the audit chain as it was kept, or null if there is none of that name.
 *
 * @param env Which Storage.
 * @param path Its name in the bucket.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function readHead(env: KeeperEnv, path: string): Promise<string | null> {
  const key = env.supabaseSecretKey;
  const at = { bucket: HEADS, filePath: path };
  const file = await openWith(env, at, { apikey: key, bearer: key }, {});
  return file === null ? null : await new Response(file.body).text();
}

function keys({ supabaseSecretKey: key }: KeeperEnv) {
  return { apikey: key, authorization: `Bearer ${key}` };
}

/** What became of a probe. */
export interface BucketProbe {
  /** Buckets that are not there. */
  readonly missing: readonly string[];
  /** Whether a file came back as it went in, and was removed. */
  readonly isWhole: boolean;
}

const Buckets = z.array(z.object({ id: z.string() }));

/**
 * Looks whether buckets are there, and sends a small file through the first: in, out, away.
 *
 * @param env Which Storage.
 * @param buckets Which have to be there.
 * @throws {AppError} `storage_unavailable` (503) if Storage does not answer as it should.
 */
export async function probeBucket(
  env: KeeperEnv,
  buckets: readonly string[],
): Promise<BucketProbe> {
  const answer = await askStorage(env, "bucket", { headers: keys(env) });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw unavailable(new Error(`Storage answered ${answer.status} to a list of buckets`));
  }
  const present = Buckets.parse(await answer.json()).map(({ id }) => id);
  const missing = buckets.filter((bucket) => !present.includes(bucket));
  const [bucket] = buckets;
  if (missing.length > 0 || bucket === undefined) return { missing, isWhole: false };

  const at = { bucket, filePath: `probe/${crypto.randomUUID()}.txt` };
  const content = `probe ${new Date().toISOString()}`;
  const sent = await askStorage(env, `object/${at.bucket}/${at.filePath}`, {
    method: "POST",
    headers: { ...keys(env), "content-type": "text/plain", "x-upsert": "false" },
    body: content,
  });
  await sent.body?.cancel();
  if (!sent.ok) throw unavailable(new Error(`Storage answered ${sent.status} to a probe`));
  const key = env.supabaseSecretKey;
  const file = await openWith(env, at, { apikey: key, bearer: key }, {});
  const back = file === null ? null : await new Response(file.body).text();
  const removed = await removeFiles(env, at.bucket, [at.filePath]);
  return { missing, isWhole: back === content && removed === 1 };
}
