/**
 * Another mail address for somebody who is signed in and knows the password: a link goes to the new
 * one, and nothing changes until whoever reads mail there says yes.
 */
import { noteAccount, readOwner, sessionLives } from "@core/identity/account_store.ts";
import { PASSWORD_FIELD_MAX } from "@core/identity/password_rules.ts";
import { verifyAccessToken } from "@core/identity/session.ts";
import { bearerOf } from "@core/platform/bearer.ts";
import { z } from "zod";
import { answer, type AuthDeps, countAgainst, readJson, refusal, tooMany } from "./parts.ts";

const Change = z.object({
  present: z.string().max(PASSWORD_FIELD_MAX).transform((text) => text.normalize("NFC")),
  email: z.string().max(1_000).transform((text) => text.trim().toLowerCase())
    .pipe(z.email().max(254)),
});

/** Tries of one person in a quarter of an hour: whoever found a session open must not guess here. */
const OF_PERSON = { bucket: "address change", max: 10, windowSeconds: 900 };
/** Links to one address in an hour, whoever asks; a further wish is answered alike and sends nothing. */
const TO_ADDRESS = { bucket: "address change to", max: 5, windowSeconds: 3_600 };

/** The one body for free addresses and those of others. */
const SAME_FOR_ALL = {
  status: "ok",
  message: "If the address is free, a mail with a link is on its way to it.",
};

/**
 * Answers a wish for another address.
 *
 * @throws {AppError} 400, 401, 422 `wrong_password` or `same_email`, 429, 503 Auth is away.
 */
export async function changeEmail(deps: AuthDeps, request: Request): Promise<Response> {
  const { db, auth, clock, tokenKey, background } = deps;
  const asking = await verifyAccessToken(bearerOf(request.headers) ?? "", tokenKey, clock.now());
  if (asking === null) throw signedOut();
  const { present, email } = await readJson(request, Change);
  const { lives, owner, ofPerson, toAddress } = await db.asUser(asking, async (tx) => {
    const [lives, owner, [ofPerson, toAddress]] = await Promise.all([
      sessionLives(tx, asking.sessionId),
      readOwner(tx, asking.userId),
      countAgainst(tx, { ...OF_PERSON, key: asking.userId }, { ...TO_ADDRESS, key: email }),
    ]);
    return { lives, owner, ofPerson, toAddress };
  });
  if (!lives || owner === null) throw signedOut();
  if (ofPerson?.allowed === false) throw tooMany(ofPerson);
  if (owner.email.toLowerCase() === email) {
    throw refusal(422, "same_email", "This is the present address.");
  }

  const wish = await auth.wishAddress(owner.email, present, email);
  if (wish.outcome === "wrong_password") {
    throw refusal(422, "wrong_password", "The present password is another one.");
  }
  if (wish.outcome !== "known") throw tooMany({ retryAfterSeconds: 60 });
  await db.asService(
    "service_auth",
    (tx) => noteAccount(tx, asking.userId, "auth.email_change_requested"),
  );
  // After the answer: what Auth does about an address that is taken takes another time.
  background.run("a wish for another address", () => wish.ask(toAddress?.allowed === true));
  return answer(SAME_FOR_ALL);
}

function signedOut() {
  return refusal(401, "unauthorized", "Please sign in.");
}
