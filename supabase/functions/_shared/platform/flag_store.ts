/** The rows of `feature_flags`. */
import type { Transaction } from "./database.ts";
import type { FlagKey } from "./flags.ts";

/** A switch that is on. */
export interface ActiveFlag {
  readonly key: string;
  /** For which country; null for all. */
  readonly tenantId: string | null;
}

/** Every switch that is on, for any role. */
export async function readActiveFlags(tx: Transaction): Promise<ActiveFlag[]> {
  return await tx<ActiveFlag[]>`
    select flag.key, flag.tenant_id from private.active_flags() as flag`;
}

/** A switch as administrators see it. */
export interface FlagRow extends ActiveFlag {
  readonly enabled: boolean;
  readonly note: string | null;
  readonly updatedAt: Date;
  /** Who switched; null if a task did, or somebody whom the viewer may not see. */
  readonly updatedByName: string | null;
}

/** The switches that were ever used, for an administrator: their tenants' and those for all. */
export async function readFlags(tx: Transaction): Promise<FlagRow[]> {
  return await tx<FlagRow[]>`
    select flag.key, flag.tenant_id, flag.enabled, flag.note, flag.updated_at,
           nullif(person.full_name, '') as updated_by_name
    from public.feature_flags as flag
    left join public.profiles as person on person.id = flag.updated_by
    order by flag.key, flag.tenant_id nulls first`;
}

/** A wish to switch. */
export interface FlagWish {
  readonly key: FlagKey;
  /** For which country; null for all, which super admins may. */
  readonly tenantId: string | null;
  readonly enabled: boolean;
  readonly note: string | null;
}

/**
 * Switches; audited by the database, which also decides who may.
 *
 * @param tx A transaction in the administrator's name.
 * @param wish What is to be on or off.
 */
export async function setFlag(tx: Transaction, wish: FlagWish): Promise<void> {
  const { key, tenantId, enabled, note } = wish;
  await tx`select private.set_flag(${key}, ${tenantId}, ${enabled}, ${note})`;
}
