/** Compares the audit log with its chain, and the chain with heads that left the database. */
import type postgres from "postgres";
import type { AuditHead } from "@core/audit/heads.ts";

/** Something that is not as it was sealed. */
export interface Finding {
  /** edited, deleted, reordered, inserted, chain_altered, cut, rewritten, head_missing or head_unreadable. */
  readonly problem: string;
  readonly position: number | null;
  /** The row's number in the audit log; null where there is no row. */
  readonly seq: number | null;
  readonly detail: string;
}

/** What was compared. */
export interface Verdict {
  readonly sealed: number;
  /** Rows that are not sealed yet: written since the last run of the job. */
  readonly unsealed: number;
  /** Heads from outside that the chain was compared with. */
  readonly heads: number;
  readonly findings: readonly Finding[];
}

/** Heads as they are outside of the database. */
export interface Witness {
  readonly heads: readonly AuditHead[];
  /** Files that are no heads. */
  readonly unreadable: readonly string[];
  /** Heads that somebody brings along: from the functions' log, from a note on paper. */
  readonly given: readonly AuditHead[];
}

/** Rows of one statement: about a second. */
const AT_ONCE = 50_000;

/**
 * Compares all of the log, a part at a time, so that its length costs time and no memory.
 *
 * @param sql The database as its owner.
 * @param witness Heads from outside.
 * @returns What was compared and the first row that is wrong, or none.
 */
export async function verifyAuditLog(sql: postgres.ISql, witness: Witness): Promise<Verdict> {
  const heads = [...witness.heads, ...witness.given];
  const findings: Finding[] = witness.unreadable.map((path) => ({
    problem: "head_unreadable",
    position: null,
    seq: null,
    detail: `${path} in Storage is not a head`,
  }));
  findings.push(...await missingHeads(sql, witness.heads));
  const broken = await firstBroken(sql, heads);
  if (broken !== null) findings.push(broken);
  const [count] = await sql<{ sealed: number; unsealed: number }[]>`
    select count(link.seq)::int as sealed, (count(*) - count(link.seq))::int as unsealed
    from public.audit_log as log
    left join public.audit_chain as link on link.seq = log.seq`;
  return { ...count ?? { sealed: 0, unsealed: 0 }, heads: heads.length, findings };
}

/** The first row that is wrong. Two heads for one place: the first that differs counts. */
async function firstBroken(
  sql: postgres.ISql,
  heads: readonly AuditHead[],
): Promise<Finding | null> {
  const contradiction = contradictionIn(heads);
  if (contradiction !== null) return contradiction;
  const given = sql.json(heads.map(({ position, chainHash }) => ({
    position,
    "chain_hash": chainHash,
  })));
  for (let after = 0;; after += AT_ONCE) {
    const [row] = await sql<
      { problem: string; position: number | null; seq: number | null; entry: string | null }[]
    >`
      select found.problem, found.position::float8 as position, found.seq::float8 as seq,
             concat_ws(' ', log.created_at, log.action, log.entity_type, log.entity_id) as entry
      from private.verify_audit(${given}, ${after}::bigint, ${AT_ONCE}::bigint) as found
      left join public.audit_log as log on log.seq = found.seq`;
    if (row !== undefined) {
      const { problem, position, seq, entry } = row;
      return { problem, position, seq, detail: entry ?? "" };
    }
    // Asked after the comparison: if the end moved meanwhile there is one more part.
    const [end] = await sql<{ position: number }[]>`
      select position::float8 as position from private.audit_sealing`;
    if (after + AT_ONCE >= (end?.position ?? 0)) return null;
  }
}

function contradictionIn(heads: readonly AuditHead[]): Finding | null {
  const known = new Map<number, string>();
  for (const { position, chainHash } of heads) {
    if ((known.get(position) ?? chainHash) !== chainHash) {
      const detail = "two heads that were given say different things of this place";
      return { problem: "rewritten", position, seq: null, detail };
    }
    known.set(position, chainHash);
  }
  return null;
}

/** Heads that the database gave to Storage and that are not there: the last one of each day. */
async function missingHeads(
  sql: postgres.ISql,
  stored: readonly AuditHead[],
): Promise<readonly Finding[]> {
  const exported = await sql<{ position: number; day: string }[]>`
    select distinct on (day) position::float8 as position, day
    from (
      select position, to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD') as day
      from public.audit_heads where exported_at is not null
    ) as head
    order by day, position desc`;
  const positions = new Set(stored.map(({ position }) => position));
  return exported.filter(({ position }) => !positions.has(position)).map(({ position, day }) => ({
    problem: "head_missing",
    position,
    seq: null,
    detail: `the head of ${day} is not in Storage any more`,
  }));
}
