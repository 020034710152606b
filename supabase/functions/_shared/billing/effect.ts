/** What an event leads to: changes of tables, and what the audit log tells of them. */
import type postgres from "postgres";
import type { AuditEntry } from "@core/audit/record.ts";

/**
 * A change of one table, as a named query of a `with` list: `name as (insert …)`. All of an event's
 * changes are one statement: none sees what another one does, foreign keys are checked after all.
 * Columns are spelled out: postgres.js would search the text before a list that it is to make nine
 * times, which took longer than reading the event and deciding about it.
 */
export type Change = postgres.PendingQuery<postgres.Row[]>;

/** Changes with their audit rows. */
export interface Effect {
  readonly changes: readonly Change[];
  readonly audit: readonly AuditEntry[];
}

/** Nothing follows. */
export const NO_EFFECT: Effect = { changes: [], audit: [] };

/**
 * Several effects as one.
 *
 * @param effects The effects; their audit rows are written in this order.
 */
export function together(...effects: readonly Effect[]): Effect {
  return {
    changes: effects.flatMap(({ changes }) => changes),
    audit: effects.flatMap(({ audit }) => audit),
  };
}
