/** What became of a person's role, branch, agent and lock, as the audit log has it. */
import type { Transaction } from "@core/platform/database.ts";
import { isRole, type Role } from "@core/identity/roles.ts";

/** One thing that changed. */
export type GrantChange =
  | { readonly what: "role"; readonly before: Role | null; readonly after: Role | null }
  | {
    readonly what: "branch" | "agent";
    readonly before: string | null;
    readonly after: string | null;
  }
  | { readonly what: "lock"; readonly before: boolean; readonly after: boolean };

/** A line of the trail. */
export interface GrantLine {
  readonly id: string;
  readonly at: Date;
  /** Who did it; null where the reader may not see them, or it was no person. */
  readonly actorName: string | null;
  /** A role, `studio`, or the login of the database. */
  readonly actorRole: string;
  readonly byInvitation: boolean;
  readonly changes: readonly GrantChange[];
}

interface Logged {
  readonly id: string;
  readonly action: string;
  readonly actorRole: string;
  readonly actorName: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly agentBefore: string | null;
  readonly agentAfter: string | null;
}

/** Lines that are shown at most. */
const AT_MOST = 100;

/**
 * What changed of a person's rights, the latest first.
 *
 * @param tx A transaction in the name of somebody who may read the log.
 * @param id The person.
 * @param branches Names of the branches that there are.
 */
export async function readGrantTrail(
  tx: Transaction,
  id: string,
  branches: readonly { readonly id: string; readonly name: string }[],
): Promise<GrantLine[]> {
  const rows = await tx<Logged[]>`
    select log.id, log.action, log.actor_role, log.metadata, log.created_at,
           coalesce(nullif(actor.full_name, ''), actor.email) as actor_name,
           coalesce(nullif(former.full_name, ''), former.email) as agent_before,
           coalesce(nullif(later.full_name, ''), later.email) as agent_after
    from public.audit_log as log
    left join public.profiles as actor on actor.id = log.actor_id
    left join public.profiles as former
      on log.action = 'user.agent_updated' and former.id::text = log.metadata ->> 'before'
    left join public.profiles as later
      on log.action = 'user.agent_updated' and later.id::text = log.metadata ->> 'after'
    where log.entity_type = 'profile' and log.entity_id = ${id}
      and log.action in (
        'user.role_granted', 'user.role_revoked', 'user.agent_updated', 'user.settings_updated'
      )
      and log.metadata ? 'after'
    order by log.seq desc
    limit ${AT_MOST}`;
  const nameOf = (branch: unknown) =>
    typeof branch !== "string" ? null : branches.find((one) => one.id === branch)?.name ?? branch;
  return rows.map((row) => ({
    id: row.id,
    at: row.createdAt,
    actorName: row.actorName,
    actorRole: row.actorRole,
    byInvitation: "invitation_id" in row.metadata,
    changes: changesOf(row, nameOf),
  }));
}

/**
 * What a row of the log tells. Pure.
 *
 * @param row The row.
 * @param nameOf The name of a branch.
 */
export function changesOf(
  row: Pick<Logged, "action" | "metadata" | "agentBefore" | "agentAfter">,
  nameOf: (branch: unknown) => string | null,
): GrantChange[] {
  const { before, after } = row.metadata;
  switch (row.action) {
    case "user.role_granted":
    case "user.role_revoked":
      return [{ what: "role", before: roleOf(before), after: roleOf(after) }];
    case "user.agent_updated":
      return [{ what: "agent", before: row.agentBefore, after: row.agentAfter }];
  }
  const was = settingsOf(before);
  const is = settingsOf(after);
  const changes: GrantChange[] = [];
  if (was.branch !== is.branch) {
    changes.push({ what: "branch", before: nameOf(was.branch), after: nameOf(is.branch) });
  }
  if (was.active !== is.active) {
    changes.push({ what: "lock", before: was.active, after: is.active });
  }
  return changes;
}

function roleOf(value: unknown): Role | null {
  return typeof value === "string" && isRole(value) ? value : null;
}

function settingsOf(value: unknown): { readonly branch: unknown; readonly active: boolean } {
  const settings = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { branch: settings["branch_id"] ?? null, active: settings["is_active"] !== false };
}
