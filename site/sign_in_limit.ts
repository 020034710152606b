/** Slows down those who guess passwords, without locking their owner out. */
import type { Database } from "@core/platform/database.ts";
import { networkOf, takeRateLimit } from "@core/platform/rate_limit.ts";

const WINDOW_SECONDS = 15 * 60;
/** Tries from one address, whatever the account; an office or a mobile network may share one. */
const MAX_FROM_ANYWHERE = 300;
/** Tries for one account from one address. */
const MAX_FROM_ADDRESS = 60;
/** Tries for one account from everywhere; above what one address may, so that it locks nobody out. */
const MAX_FOR_ACCOUNT = 300;

/**
 * Counts one attempt to sign in.
 *
 * @param db Keeps the count, so that it holds over all processes of the site.
 * @param email The account that is tried.
 * @param address Where the attempt comes from.
 * @returns Seconds to wait before the next one; 0 if this one may go on.
 */
export async function countSignIn(
  db: Pick<Database, "asAnon">,
  email: string,
  address: string,
): Promise<number> {
  const network = networkOf(address);
  const verdicts = await db.asAnon((tx) =>
    Promise.all([
      takeRateLimit(tx, {
        bucket: "sign-in by address",
        key: network,
        max: MAX_FROM_ANYWHERE,
        windowSeconds: WINDOW_SECONDS,
      }),
      takeRateLimit(tx, {
        bucket: "sign-in from address",
        key: `${email} ${network}`,
        max: MAX_FROM_ADDRESS,
        windowSeconds: WINDOW_SECONDS,
      }),
      takeRateLimit(tx, {
        bucket: "sign-in",
        key: email,
        max: MAX_FOR_ACCOUNT,
        windowSeconds: WINDOW_SECONDS,
      }),
    ])
  );
  return Math.max(...verdicts.map(({ retryAfterSeconds }) => retryAfterSeconds));
}

/**
 * Counts an attempt that failed, by the hour and the site, for the audit log. Whose account was tried
 * is not noted: what was typed may be anybody's address, or a password in the wrong field.
 *
 * @param db Keeps the count.
 * @param tenantId Whose site it was tried on.
 * @param why A wrong address or password or a locked account, or too many attempts.
 */
export async function noteRefusedSignIn(
  db: Pick<Database, "asAnon">,
  tenantId: string,
  why: "refused" | "limited",
): Promise<void> {
  await db.asAnon((tx) =>
    tx`select private.note_refused_sign_in(${tenantId}, ${why === "limited"})`
  );
}
