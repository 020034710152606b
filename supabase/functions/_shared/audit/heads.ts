/**
 * Heads of the audit chain outside of the database: a file each in a bucket that nobody has a policy
 * for, named so that the newest is found without reading the others (ADR 0025).
 */
import { z } from "zod";
import { type KeeperEnv, keepHead, listHeads, readHead } from "@core/documents/storage_keeper.ts";

/** Which Storage, and the key of its keeper. */
export type HeadsEnv = KeeperEnv;

/** Where the chain stood at some time. */
export interface AuditHead {
  /** The last place of the chain, from 1. */
  readonly position: number;
  /** SHA-256 in hexadecimal: stands for the whole log up to there. */
  readonly chainHash: string;
}

/** A head with the time of its sealing. */
export interface SealedHead extends AuditHead {
  readonly sealedAt: Date;
}

const Kept = z.object({
  position: z.number().int().positive(),
  "chain_hash": z.string().regex(/^[0-9a-f]{64}$/),
  "sealed_at": z.string(),
});

const POSITION_DIGITS = 15;

/**
 * Keeps a head. One that is kept already stays as it is.
 *
 * @param env Which Storage.
 * @param head The head.
 * @throws {AppError} `storage_unavailable` (503).
 */
export async function exportHead(env: HeadsEnv, head: SealedHead): Promise<void> {
  const { position, chainHash, sealedAt } = head;
  const time = sealedAt.toISOString();
  const place = String(position).padStart(POSITION_DIGITS, "0");
  const content = { position, "chain_hash": chainHash, "sealed_at": time };
  await keepHead(
    env,
    `${time.slice(0, 10)}/${place}-${chainHash.slice(0, 16)}.json`,
    `${JSON.stringify(content)}\n`,
  );
}

/**
 * Reads heads: all of the newest day, and the last one of each day before. A head stands for all that
 * went before it, so what is between tells only more closely where the log was changed.
 *
 * @param env Which Storage.
 * @returns The heads in the order of their days, and names of files that hold none.
 * @throws {AppError} `storage_unavailable` (503).
 */
export async function readHeads(
  env: HeadsEnv,
): Promise<{ readonly heads: readonly AuditHead[]; readonly unreadable: readonly string[] }> {
  const folders = new Set((await listHeads(env, "")).map((path) => path.split("/")[0] ?? ""));
  const days = [...folders].filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort();
  const heads: AuditHead[] = [];
  const unreadable: string[] = [];
  for (const day of days) {
    const paths = await listHeads(env, day);
    for (const path of day === days.at(-1) ? paths : paths.slice(-1)) {
      const head = parseHead(await readHead(env, path));
      if (head === null) unreadable.push(path);
      else heads.push(head);
    }
  }
  return { heads, unreadable };
}

function parseHead(text: string | null): AuditHead | null {
  try {
    const kept = Kept.safeParse(JSON.parse(text ?? ""));
    if (!kept.success) return null;
    return { position: kept.data.position, chainHash: kept.data["chain_hash"] };
  } catch {
    return null;
  }
}
