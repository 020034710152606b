/** Whoever reads mail at a new address says that it is theirs: from now on it is, and the former is told. */
import { tellPaddleAddresses } from "@core/billing/customer_addresses.ts";
import { ownerOfAddressLink } from "@core/identity/account_store.ts";
import { sendNow } from "@core/outreach/send_now.ts";
import { callerAddress } from "@core/platform/rate_limit.ts";
import { sha256 } from "@core/platform/sha256.ts";
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

const Link = z.object({ token: z.string().regex(RESET_TOKEN) });

/** Tries of one address in a quarter of an hour; the site's visitors share the site's. */
const FROM_ADDRESS = { bucket: "new address from address", max: 300, windowSeconds: 900 };
/** Tries with one link: it works once. */
const WITH_LINK = { bucket: "new address", max: 30, windowSeconds: 900 };

/**
 * Uses a link up.
 *
 * @throws {AppError} 400 malformed, 410 the link does not work any more, 429, 503 Auth is away.
 */
export async function confirmEmail(deps: AuthDeps, request: Request): Promise<Response> {
  const { db, auth, background, clock, sending, paddle, log } = deps;
  const { token } = await readJson(request, Link);
  const { verdicts, owner } = await db.asService("service_auth", async (tx) => ({
    verdicts: await countAgainst(
      tx,
      { ...FROM_ADDRESS, key: callerAddress(request.headers) },
      { ...WITH_LINK, key: token },
    ),
    owner: await ownerOfAddressLink(tx, token),
  }));
  const refused = verdicts.find(({ allowed }) => !allowed);
  if (refused !== undefined) throw tooMany(refused);

  const outcome = await auth.confirmAddress(token);
  if (outcome === "too_many") throw tooMany({ retryAfterSeconds: 60 });
  if (outcome === "token_invalid") {
    throw refusal(410, "token_invalid", "The link was used, is too old, or is not complete.");
  }
  if (owner !== null) {
    const changedAt = new Date(clock.now()).toISOString();
    background.run("the mail to a former address", () =>
      sendNow(sending, {
        template: "email_changed",
        userId: owner.userId,
        address: owner.email,
        dedupeKey: `email_changed:${sha256(token)}`,
        details: () => ({ changedAt }),
      }));
  }
  // What Paddle does not take now, the job that compares with Paddle tells it later.
  background.run("a new address for Paddle", () => tellPaddleAddresses(db, paddle, log));
  return answer({ result: "confirmed" });
}
