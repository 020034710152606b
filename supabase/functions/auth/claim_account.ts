/** The first password of somebody who became a member through an agent: chosen once, by the mail's link. */
import { isLinkToken } from "@core/claims/link_token.ts";
import { PASSWORD_FIELD_MAX, passwordFault } from "@core/identity/password_rules.ts";
import { claimAccount as claim, ownerOfWelcome } from "@core/identity/welcome_store.ts";
import { callerAddress } from "@core/platform/rate_limit.ts";
import { z } from "zod";
import { answer, type AuthDeps, countAgainst, readJson, refusal, tooMany } from "./parts.ts";
import { FAULTS } from "./reset_password.ts";

const Choice = z.object({
  token: z.string().refine(isLinkToken),
  // As the site's forms read what is typed, so that the two agree on what a letter is.
  password: z.string().max(PASSWORD_FIELD_MAX).transform((text) => text.normalize("NFC")),
});

/** Tries of one address in a quarter of an hour; the site's visitors share the site's. */
const FROM_ADDRESS = { bucket: "first password from address", max: 300, windowSeconds: 900 };
/** Tries with one link: a person needs a few until they find a password that is good enough. */
const WITH_LINK = { bucket: "first password", max: 30, windowSeconds: 900 };

/**
 * Sets the first password.
 *
 * @returns 200 `{ result: "claimed", email }`: whose account it is, to sign in to with the password.
 * @throws {AppError} 400 malformed, 404 `unknown`, 410 `used` or `expired`, 422 the password is too weak
 * (the link still works then), 429.
 */
export async function claimAccount(deps: AuthDeps, request: Request): Promise<Response> {
  const { db } = deps;
  const { token, password } = await readJson(request, Choice);
  const { verdicts, owner } = await db.asService("service_auth", async (tx) => ({
    verdicts: await countAgainst(
      tx,
      { ...FROM_ADDRESS, key: callerAddress(request.headers) },
      { ...WITH_LINK, key: token },
    ),
    owner: await ownerOfWelcome(tx, token),
  }));
  const refused = verdicts.find(({ allowed }) => !allowed);
  if (refused !== undefined) throw tooMany(refused);
  // First the rules, then the link: one try too many must not use it up.
  const fault = passwordFault(password, owner ?? {});
  if (fault !== null) throw refusal(422, "weak_password", FAULTS[fault]);
  const result = await db.asService("service_auth", (tx) => claim(tx, token, password));
  switch (result.state) {
    case "claimed":
      return answer({ result: "claimed", email: result.email });
    case "used":
    case "expired":
      throw refusal(410, result.state, "The link was used, or is too old.");
    case "unknown":
      throw refusal(404, "unknown", "There is no such link.");
  }
}
