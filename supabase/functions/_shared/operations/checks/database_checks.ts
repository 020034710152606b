/** Is the database well: reachable, writable, up to date, protected, with room left. */
import { sqlState } from "@core/platform/database.ts";
import type { OperationsReport } from "../report_store.ts";
import { type Finding, odd, UNKNOWN, well, wrong } from "./check.ts";

const CONNECTIONS_HIGH = 0.75;
const CONNECTIONS_FULL = 0.9;
/** A transaction of this length keeps everybody's garbage. */
const LONG_TRANSACTION = 900;
const DISK_HIGH = 0.85;
const DISK_FULL = 0.95;

/** Reachable, and which one. */
export function database(
  { database: { version, "started_at": since } }: OperationsReport,
): Finding {
  return well({ facts: { version }, since });
}

/**
 * Why a row could not be written.
 *
 * @param error What the database said; null if it could.
 */
export function writes(error: unknown): Finding {
  if (error === null) return well();
  switch (sqlState(error)) {
    case "25006":
      return wrong("database_read_only", { detail: "25006" });
    case "53100":
      return wrong("disk_full", { detail: "53100" });
    default:
      return wrong("writes_refused", { detail: sqlState(error) ?? null });
  }
}

/**
 * Whether the database has the tables that the program was written for.
 *
 * @param applied Versions that the database has; null where that is not kept.
 * @param expected Versions of the program's own files; null where they are not at hand.
 */
export function migrations(
  applied: readonly string[] | null,
  expected: readonly string[] | null,
): Finding {
  if (applied === null) return UNKNOWN;
  const facts = { applied: applied.length };
  if (expected === null) return well({ facts, detail: applied.at(-1) ?? null });
  const pending = expected.filter((version) => !applied.includes(version));
  if (pending.length > 0) {
    return wrong("migrations_pending", {
      facts: { ...facts, pending: pending.length },
      detail: pending.join(", "),
    });
  }
  const strange = applied.filter((version) => !expected.includes(version));
  if (strange.length > 0) return odd("migrations_unknown", { facts, detail: strange.join(", ") });
  return well({ facts, detail: applied.at(-1) ?? null });
}

/** Row level security everywhere. */
export function rls(report: OperationsReport): Finding {
  const facts = { tables: report.tables };
  const open = report.open_tables;
  return open.length === 0
    ? well({ facts })
    : wrong("rls_open", { facts, detail: open.join(", ") });
}

/** Connections left, and nobody who holds everybody up. */
export function connections({ database: seen }: OperationsReport): Finding {
  const facts = { connections: seen.connections, most: seen.max_connections };
  const share = seen.connections / seen.max_connections;
  if (share > CONNECTIONS_FULL) return wrong("connections_full", { facts });
  if (share > CONNECTIONS_HIGH) return odd("connections_full", { facts });
  const seconds = seen.longest_transaction_s;
  if (seconds > LONG_TRANSACTION) return odd("long_transaction", { facts: { ...facts, seconds } });
  return well({ facts });
}

/**
 * Room on the disk, where somebody can look at it.
 *
 * @param report Says how large the database is.
 * @param used Share of the disk that is in use, 0 to 1; null where nobody can look.
 */
export function disk({ database: { bytes } }: OperationsReport, used: number | null): Finding {
  const facts: Record<string, number> = { megabytes: Math.round(bytes / 1_048_576) };
  if (used === null) return well({ facts });
  facts["percent"] = Math.round(used * 100);
  if (used > DISK_FULL) return wrong("disk_full", { facts });
  return used > DISK_HIGH ? odd("disk_full", { facts }) : well({ facts });
}
