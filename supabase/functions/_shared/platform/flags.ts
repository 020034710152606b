/** Switches that stop a part of the system while something is wrong with it (`feature_flags`). */
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import type { Logger } from "./logger.ts";
import { type ActiveFlag, readActiveFlags } from "./flag_store.ts";

/** Every switch that there is. */
export const FLAG_KEYS = [
  "maintenance",
  "read_only",
  "stop_checkout",
  "stop_uploads",
  "hold_webhooks",
  "pause_dunning",
  "pause_engagement",
  "pause_nps",
] as const;

/** One of {@linkcode FLAG_KEYS}. */
export type FlagKey = typeof FLAG_KEYS[number];

/** Whether a text names a switch. */
export function isFlagKey(text: string): text is FlagKey {
  return (FLAG_KEYS as readonly string[]).includes(text);
}

/** Whether a switch can be for one country. Whose event it is becomes known by applying it. */
export function isPerTenant(key: FlagKey): boolean {
  return key !== "hold_webhooks";
}

/** Knows which switches are on, a few seconds late at most. */
export interface Flags {
  /**
   * Whether a switch is on.
   *
   * @param key The switch.
   * @param tenantId For which country; for all of them if left out.
   */
  isOn(key: FlagKey, tenantId?: string): Promise<boolean>;
  /** The countries for which a switch is on by itself. */
  tenantsWith(key: FlagKey): Promise<readonly string[]>;
}

/** A change has to be in force within five seconds; a read takes some of that. */
const KEPT = 4_000;
/** After a read that failed; nobody waits for a database that is away at every request. */
const KEPT_AFTER_FAILURE = 1_000;

/**
 * Reads the switches when somebody asks and what is known is old. While the database is away, what was
 * known last holds.
 *
 * @param db The database.
 * @param clock The time.
 * @param log Told when they cannot be read.
 */
export function createFlags(db: Pick<Database, "asAnon">, clock: Clock, log: Logger): Flags {
  let active: readonly ActiveFlag[] = [];
  let goodUntil = -Infinity;
  let reading: Promise<readonly ActiveFlag[]> | undefined;

  async function read(): Promise<readonly ActiveFlag[]> {
    try {
      active = await db.asAnon((tx) => readActiveFlags(tx));
      goodUntil = clock.now() + KEPT;
    } catch (error) {
      log.warn("the switches could not be read", { error });
      goodUntil = clock.now() + KEPT_AFTER_FAILURE;
    }
    return active;
  }

  async function known(): Promise<readonly ActiveFlag[]> {
    if (clock.now() < goodUntil) return active;
    reading ??= read().finally(() => reading = undefined);
    return await reading;
  }

  return {
    async isOn(key, tenantId) {
      return (await known()).some((flag) =>
        flag.key === key && (flag.tenantId === null || flag.tenantId === tenantId)
      );
    },
    async tenantsWith(key) {
      return (await known()).flatMap((flag) =>
        flag.key === key && flag.tenantId !== null ? [flag.tenantId] : []
      );
    },
  };
}

/** Switches of which none is on, for what is told of none. */
export const noFlags: Flags = {
  isOn: () => Promise.resolve(false),
  tenantsWith: () => Promise.resolve([]),
};
