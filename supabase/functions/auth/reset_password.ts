/** A new password, chosen by whoever has the link: once, and every session ends. */
import { endAllSessions, noteAccount, ownerOfResetLink } from "@core/identity/account_store.ts";
import {
  PASSWORD_FIELD_MAX,
  type PasswordFault,
  passwordFault,
} from "@core/identity/password_rules.ts";
import { verifyAccessToken } from "@core/identity/session.ts";
import { callerAddress } from "@core/platform/rate_limit.ts";
import { z } from "zod";
import {
  answer,
  type AuthDeps,
  countAgainst,
  readJson,
  refusal,
  RESET_TOKEN,
  tooMany,
} from "./parts.ts";
import { tellOwner } from "./tell_owner.ts";

const Choice = z.object({
  token: z.string().regex(RESET_TOKEN),
  // As the site's forms read what is typed, so that the two agree on what a letter is.
  password: z.string().max(PASSWORD_FIELD_MAX).transform((text) => text.normalize("NFC")),
});

/** Tries of one address in a quarter of an hour; the site's visitors share the site's. */
const FROM_ADDRESS = { bucket: "new password from address", max: 300, windowSeconds: 900 };
/** Tries with one link: a person needs a few until they find a password that is good enough. */
const WITH_LINK = { bucket: "new password", max: 30, windowSeconds: 900 };

/** What is wrong with a password, for the caller. */
export const FAULTS: Readonly<Record<PasswordFault, string>> = {
  short: "The password needs at least 8 characters.",
  long: "The password may have at most 128 characters.",
  common: "The password is one of those that everybody tries first.",
  personal: "The password is made of the name or the address.",
};

/**
 * Sets a password.
 *
 * @throws {AppError} 400 malformed, 410 the link does not work any more, 422 the password is too weak
 * (the link still works then), 429, 503 Auth is away.
 */
export async function resetPassword(deps: AuthDeps, request: Request): Promise<Response> {
  const { db, auth, clock } = deps;
  const { token, password } = await readJson(request, Choice);
  const { verdicts, owner } = await db.asService("service_auth", async (tx) => ({
    verdicts: await countAgainst(
      tx,
      { ...FROM_ADDRESS, key: callerAddress(request.headers) },
      { ...WITH_LINK, key: token },
    ),
    owner: await ownerOfResetLink(tx, token),
  }));
  const refused = verdicts.find(({ allowed }) => !allowed);
  if (refused !== undefined) throw tooMany(refused);
  // First the rules, then the link: one try too many must not use it up.
  const fault = passwordFault(password, owner ?? {});
  if (fault !== null) throw refusal(422, "weak_password", FAULTS[fault]);

  const result = await auth.reset(token, password);
  switch (result.outcome) {
    case "token_invalid":
      throw refusal(410, "token_invalid", "The link was used, is too old, or is not complete.");
    case "weak_password":
      throw refusal(422, "weak_password", FAULTS.common);
    case "too_many":
      throw tooMany({ retryAfterSeconds: 60 });
  }
  const session = await verifyAccessToken(result.accessToken, deps.tokenKey, clock.now());
  if (session === null) throw new Error("Auth gave a token that does not verify");
  const { userId } = session;
  await db.asUser(session, (tx) => endAllSessions(tx));
  await db.asService(
    "service_auth",
    (tx) => noteAccount(tx, userId, "auth.password_reset_completed"),
  );
  tellOwner(deps, session);
  return answer({ result: "changed" });
}
