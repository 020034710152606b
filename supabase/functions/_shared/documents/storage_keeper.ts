/**
 * The one file that uses the project's secret key, and the two things that are done by it (ADR 0022):
 * reading a shared document for somebody who has no account, after the database said yes to their
 * link; and removing files that nobody may read again.
 */
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
  const key = env.supabaseSecretKey;
  let removed = 0;
  for (let at = 0; at < paths.length; at += REMOVED_AT_ONCE) {
    const answer = await askStorage(env, `object/${encodeURIComponent(bucket)}`, {
      method: "DELETE",
      headers: { apikey: key, authorization: `Bearer ${key}`, "content-type": "application/json" },
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
