/** What the database says about its own and the jobs' health (`private.operations_report`). */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";

const time = z.string().nullable();
const count = z.coerce.number();

const Report = z.object({
  database: z.object({
    version: z.string(),
    now: z.string(),
    "started_at": z.string(),
    "read_only": z.boolean(),
    "in_recovery": z.boolean(),
    bytes: count,
    connections: count,
    "max_connections": count,
    "longest_transaction_s": count,
  }),
  migrations: z.array(z.string()).nullable(),
  "open_tables": z.array(z.string()),
  tables: count,
  "default_tenant": z.string().nullable(),
  "default_tenant_active": z.boolean().nullable(),
  webhooks: z.object({
    waiting: count,
    overdue: count,
    "given_up": count,
    "oldest_at": time,
    failed: count,
    "failed_since": time,
    "accepted_at": time,
    refused: count,
    "refused_since_then": count,
    "refused_since": time,
    "refused_for": z.array(z.string().nullable()),
  }),
  mails: z.object({
    waiting: count,
    overdue: count,
    failed: count,
    "held_until": time,
    "oldest_at": time,
  }),
  schedule: z.array(z.object({
    name: z.string(),
    active: z.boolean(),
    calls: z.string().nullable(),
  })).nullable(),
  vault: z.array(z.string()),
  jobs: z.array(z.object({
    job: z.string(),
    watched: z.boolean(),
    late: z.boolean(),
    "every_s": count,
    "last_success_at": time,
    "failed_at": time,
    error: z.string().nullable(),
  })),
  audit: z.object({
    position: count,
    "sealed_at": time,
    unsealed: count,
    "unsealed_since": time,
    "verified_position": count,
    "verified_at": time,
  }),
  documents: z.object({ "looked_at": count, "without_file": count, since: time }),
  slos: z.array(z.object({
    slo: z.enum(["webhooks", "documents", "claims"]),
    target: count,
    good: count,
    total: count,
    success: count.nullable(),
    burn: count.nullable(),
    "p95_ms": count.nullable(),
    "burn_5m": count.nullable(),
    "burn_1h": count.nullable(),
    "burn_6h": count.nullable(),
    "burn_3d": count.nullable(),
    alert: z.enum(["fast", "slow"]).nullable(),
  })),
  flags: z.array(z.object({
    key: z.string(),
    "tenant_id": z.string().nullable(),
    since: z.string(),
  })),
});

/** Figures of the database, the jobs and the promises. */
export type OperationsReport = z.infer<typeof Report>;

/**
 * Reads the figures.
 *
 * @param tx A transaction of the jobs' role.
 */
export async function readReport(tx: Transaction): Promise<OperationsReport> {
  const [row] = await tx<{ report: unknown }[]>`select private.operations_report() as report`;
  return Report.parse(row?.report);
}

/** Writes one row, to see whether the database can. */
export async function probeWrite(tx: Transaction): Promise<void> {
  await tx`select private.probe_write()`;
}

/** Who makes the checks: their variables and clocks are not the same. */
export type Observer = "doctor" | "functions";

/**
 * Notes what checks found.
 *
 * @param tx A transaction of the jobs' role.
 * @param by Who looked.
 * @param found What they found.
 * @returns Since when each of them is so, ISO 8601, by id.
 */
export async function noteChecks(
  tx: Transaction,
  by: Observer,
  found: readonly { readonly id: string; readonly state: string; readonly cause: string | null }[],
): Promise<Readonly<Record<string, string>>> {
  const told = found.map(({ id, state, cause }) => ({ id, state, cause }));
  const [row] = await tx<{ since: Record<string, string> }[]>`
    select private.note_checks(${by}, ${tx.json(told)}) as since`;
  return row?.since ?? {};
}

/** When a row could be written for the last time, ISO 8601. */
export async function readWrittenAt(tx: Transaction): Promise<string | null> {
  const [row] = await tx<{ at: Date | null }[]>`select private.written_at() as at`;
  return row?.at?.toISOString() ?? null;
}
