/** Another password for somebody who is signed in and knows the present one: every session ends. */
import {
  endOtherSessions,
  noteAccount,
  readOwner,
  sessionLives,
} from "@core/identity/account_store.ts";
import { PASSWORD_FIELD_MAX, passwordFault } from "@core/identity/password_rules.ts";
import { verifyAccessToken } from "@core/identity/session.ts";
import { bearerOf } from "@core/platform/bearer.ts";
import { z } from "zod";
import { answer, type AuthDeps, countAgainst, readJson, refusal, tooMany } from "./parts.ts";
import { FAULTS } from "./reset_password.ts";
import { tellOwner } from "./tell_owner.ts";

const typed = z.string().max(PASSWORD_FIELD_MAX).transform((text) => text.normalize("NFC"));
const Change = z.object({ present: typed, password: typed });

/** Tries of one person in a quarter of an hour: whoever found a session open must not guess here. */
const OF_PERSON = { bucket: "password change", max: 10, windowSeconds: 900 };

/**
 * Changes a password.
 *
 * @throws {AppError} 400, 401, 422 `wrong_password` or `weak_password`, 429, 503 Auth is away.
 */
export async function changePassword(deps: AuthDeps, request: Request): Promise<Response> {
  const { db, auth, clock, tokenKey } = deps;
  const asking = await verifyAccessToken(bearerOf(request.headers) ?? "", tokenKey, clock.now());
  if (asking === null) throw signedOut();
  const { present, password } = await readJson(request, Change);
  const { lives, owner, verdict } = await db.asUser(asking, async (tx) => {
    const [lives, owner, [verdict]] = await Promise.all([
      sessionLives(tx, asking.sessionId),
      readOwner(tx, asking.userId),
      countAgainst(tx, { ...OF_PERSON, key: asking.userId }),
    ]);
    return { lives, owner, verdict };
  });
  if (!lives || owner === null) throw signedOut();
  if (verdict?.allowed === false) throw tooMany(verdict);
  const fault = passwordFault(password, owner);
  if (fault !== null) throw refusal(422, "weak_password", FAULTS[fault]);

  const result = await auth.change(owner.email, present, password);
  switch (result.outcome) {
    case "wrong_password":
      throw refusal(422, "wrong_password", "The present password is another one.");
    case "weak_password":
      throw refusal(422, "weak_password", FAULTS.common);
    case "too_many":
      throw tooMany({ retryAfterSeconds: 60 });
  }
  const { accessToken, refreshToken } = result;
  const session = await verifyAccessToken(accessToken, tokenKey, clock.now());
  if (session === null) throw new Error("Auth gave a token that does not verify");
  await db.asUser(session, (tx) => endOtherSessions(tx));
  await db.asService(
    "service_auth",
    (tx) => noteAccount(tx, session.userId, "auth.password_changed"),
  );
  tellOwner(deps, session);
  return answer({ accessToken, refreshToken });
}

function signedOut() {
  return refusal(401, "unauthorized", "Please sign in.");
}
