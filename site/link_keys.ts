/** The keys in the links of our mails: what everyone with one may know, and how often they may try. */
import type { Database } from "@core/platform/database.ts";
import { networkOf, type RateLimit, takeRateLimit } from "@core/platform/rate_limit.ts";
import type { Locale } from "@core/platform/i18n.ts";

/** What everyone with a link may know of whom it was sent to. */
export interface LinkFacts<S extends string> {
  readonly state: S;
  /** Language of the person; null if the link leads nowhere. */
  readonly locale: Locale | null;
  readonly tenantId: string | null;
}

/** Seconds of the window in which tries are counted. */
const WINDOW_SECONDS = 10 * 60;
/** Tries from one address; an office or a mail provider shares one. */
const MAX_FROM_ADDRESS = 300;
/** Tries with one key. */
const MAX_WITH_KEY = 60;

/**
 * Counts a try with a key.
 *
 * @param db Keeps the count.
 * @param door Which page or endpoint.
 * @param key The key's hash.
 * @param address Where the try comes from.
 * @returns Seconds to wait before the next one; 0 if this one may go on.
 */
export async function countTry(
  db: Pick<Database, "asAnon">,
  door: string,
  key: string,
  address: string,
): Promise<number> {
  const limits: RateLimit[] = [
    { bucket: `${door} from address`, key: networkOf(address), max: MAX_FROM_ADDRESS },
    { bucket: door, key, max: MAX_WITH_KEY },
  ].map((limit) => ({ ...limit, windowSeconds: WINDOW_SECONDS }));
  const verdicts = await db.asAnon((tx) =>
    Promise.all(limits.map((limit) => takeRateLimit(tx, limit)))
  );
  return Math.max(...verdicts.map(({ retryAfterSeconds }) => retryAfterSeconds));
}
