/** A new password is wanted. Nobody learns from the answer, or from its time, who has an account. */
import { notePasswordRequest } from "@core/identity/account_store.ts";
import { ownPath } from "@core/identity/own_address.ts";
import { callerAddress } from "@core/platform/rate_limit.ts";
import { z } from "zod";
import { answer, type AuthDeps, countAgainst, readJson, tooMany } from "./parts.ts";

const Wish = z.object({
  email: z.string().max(1_000).transform((text) => text.trim().toLowerCase())
    .pipe(z.email().max(254)),
  callbackURL: z.string().max(2_000).nullish(),
});

/**
 * Wishes of one address in a quarter of an hour. All who come through the site share the site's, which
 * counts each visitor itself; this is the wider net around it.
 */
const FROM_ADDRESS = { bucket: "password reset from address", max: 300, windowSeconds: 900 };
/** Links to one mail address in an hour; a further wish is answered alike and sends nothing. */
const FOR_ACCOUNT = { bucket: "password reset", max: 5, windowSeconds: 3_600 };

/** The one body for everyone. */
const SAME_FOR_ALL = {
  status: "ok",
  message: "If there is an account with this address, a mail with a link is on its way.",
};

/**
 * Answers a wish for a new password.
 *
 * @throws {AppError} 400 malformed, 429 too many from one address.
 */
export async function requestReset(deps: AuthDeps, request: Request): Promise<Response> {
  const { email, callbackURL } = await readJson(request, Wish);
  const { db, env, auth, background } = deps;
  const [byCaller, byAccount] = await db.asService("service_auth", (tx) =>
    countAgainst(
      tx,
      { ...FROM_ADDRESS, key: callerAddress(request.headers) },
      { ...FOR_ACCOUNT, key: email },
    ));
  if (byCaller?.allowed === false) throw tooMany(byCaller);
  if (byAccount?.allowed === true) {
    background.run("a wish for a new password", async () => {
      const person = await db.asService("service_auth", (tx) => notePasswordRequest(tx, email));
      if (person === null) return;
      const site = new URL(env.siteUrl);
      // Where the link in the mail leads on to is decided when the mail is written.
      const path = ownPath(callbackURL, [site.origin]);
      await auth.requestReset(email, path === null ? null : `${site.origin}${path}`);
    });
  }
  return answer(SAME_FOR_ALL);
}
