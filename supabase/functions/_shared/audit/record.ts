/** Writes to the append-only audit log, in the transaction of the change that it tells of. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import type { AuditAction } from "./actions.ts";

/** One line of the audit log. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** The tenant it concerns; null where none is known, such as a forged delivery. */
  readonly tenantId: string | null;
  /** The person who did it; null for a service. */
  readonly actorId?: string | null;
  /** The role in which it was done, for instance `staff` or `service_webhooks`. */
  readonly actorRole: string;
  /** What was acted on: a table's name in the singular. */
  readonly entityType: string;
  readonly entityId: string | null;
  /** What staff need to understand it; no payloads, no secrets. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * The statement that writes audit entries; await it, or `.execute()` it to send it along.
 *
 * @param tx The transaction of the change.
 * @param entries What to write; all of it in one statement.
 * @returns The statement, not sent yet.
 */
export function recordAudit(
  tx: Transaction,
  ...entries: readonly AuditEntry[]
): postgres.PendingQuery<postgres.Row[]> {
  const rows = entries.map((entry) => ({
    "tenant_id": entry.tenantId,
    "actor_id": entry.actorId ?? null,
    "actor_role": entry.actorRole,
    action: entry.action,
    "entity_type": entry.entityType,
    "entity_id": entry.entityId,
    metadata: entry.metadata ?? {},
  }));
  // One text for any number of rows, so that it is prepared once.
  return tx`
    insert into public.audit_log
      (tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata)
    select tenant_id, actor_id, actor_role, action, entity_type, entity_id, metadata
    from jsonb_to_recordset(${tx.json(rows as postgres.JSONValue)}) as entry
      (tenant_id text, actor_id uuid, actor_role text, action text, entity_type text,
       entity_id text, metadata jsonb)`;
}
