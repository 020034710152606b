/**
 * Invitations: made by the person's token, mailed at once. The link's code is in the mail and nowhere
 * else; the database keeps its hash.
 *
 * `POST /auth/invitations` `{email,role,branchId?,fullName?,locale?,tenantId?}`: 201 `{id,mail}`.
 * `POST /auth/invitations/:id/renew`: 200 `{id,mail}`, the old link stops working.
 * Both: `mail` is `sent`, or `failed` (ask for a renewal then); 400 malformed; 401; 403; 404; 409 with
 * why (`already_open`, `has_role`, `revoked`, `accepted`); 422 (`branch_needed` and such); 429.
 */
import { hashOfToken, newLinkToken } from "@core/claims/link_token.ts";
import { sessionLives } from "@core/identity/account_store.ts";
import {
  insertInvitation,
  type InvitationRefusal,
  invitationRefusal,
  prolongInvitation,
} from "@core/identity/invitation_store.ts";
import { ROLES } from "@core/identity/roles.ts";
import { type Session, verifyAccessToken } from "@core/identity/session.ts";
import { sendNow } from "@core/outreach/send_now.ts";
import { bearerOf } from "@core/platform/bearer.ts";
import type { Transaction } from "@core/platform/database.ts";
import { LOCALES } from "@core/platform/i18n.ts";
import { takeRateLimit } from "@core/platform/rate_limit.ts";
import { z } from "zod";
import { answer, type AuthDeps, readJson, refusal, tooMany } from "./parts.ts";

const Invited = z.object({
  email: z.string().max(1_000).transform((text) => text.trim().toLowerCase())
    .pipe(z.email().max(254)),
  role: z.enum(ROLES),
  branchId: z.uuid().nullish().transform((id) => id ?? null),
  fullName: z.string().max(120).default(""),
  locale: z.enum(LOCALES).default("sq"),
  tenantId: z.string().max(40).nullish().transform((id) => id ?? null),
});

/** Invitations and renewals of one person in a minute; the database bounds those of a day. */
const A_MINUTE = { bucket: "invitations", max: 30, windowSeconds: 60 };

const STATUS: Readonly<Partial<Record<InvitationRefusal, number>>> = {
  "not_allowed": 403,
  "not_found": 404,
  "already_open": 409,
  "has_role": 409,
  "revoked": 409,
  "accepted": 409,
  "too_many": 429,
};

/** Invites somebody. */
export async function createInvitation(deps: AuthDeps, request: Request): Promise<Response> {
  const invited = await readJson(request, Invited);
  const token = newLinkToken();
  const hash = await hashOfToken(token);
  const id = await asInviter(deps, request, (tx) => insertInvitation(tx, invited, hash));
  return answer({ id, mail: await mail(deps, id, token, hash) }, 201);
}

/** Sends an invitation once more, with a link of its own. */
export async function renewInvitation(
  deps: AuthDeps,
  request: Request,
  id: string,
): Promise<Response> {
  if (!z.uuid().safeParse(id).success) throw refusal(404, "not_found", "No such invitation.");
  const token = newLinkToken();
  const hash = await hashOfToken(token);
  await asInviter(deps, request, (tx) => prolongInvitation(tx, id, hash));
  return answer({ id, mail: await mail(deps, id, token, hash) });
}

/** Does something in the name of whoever invites, if their sign-in still counts. */
async function asInviter<T>(
  { db, clock, tokenKey }: AuthDeps,
  request: Request,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const session = await verifyAccessToken(bearerOf(request.headers) ?? "", tokenKey, clock.now());
  if (session === null) throw signedOut();
  const { lives, verdict } = await db.asUser(session, (tx) => admit(tx, session));
  if (!lives) throw signedOut();
  if (!verdict.allowed) throw tooMany(verdict);
  try {
    return await db.asUser(session, work);
  } catch (error) {
    const why = invitationRefusal(error);
    if (why === null) throw error;
    throw refusal(STATUS[why] ?? 422, why, "The invitation was refused.");
  }
}

async function admit(tx: Transaction, session: Session) {
  const [lives, verdict] = await Promise.all([
    sessionLives(tx, session.sessionId),
    takeRateLimit(tx, { ...A_MINUTE, key: session.userId }),
  ]);
  return { lives, verdict };
}

async function mail(
  { sending }: AuthDeps,
  invitationId: string,
  token: string,
  hash: string,
): Promise<"sent" | "failed"> {
  const outcome = await sendNow(sending, {
    template: "invitation",
    invitationId,
    dedupeKey: `invitation:${hash}`,
    details: ({ origin, locale, invitation }) => ({
      role: invitation?.role,
      inviterName: invitation?.inviterName,
      link: `${origin}/${locale}/invitation/${token}`,
      expiresAt: invitation?.expiresAt.toISOString(),
    }),
  });
  return outcome === "sent" ? "sent" : "failed";
}

function signedOut() {
  return refusal(401, "unauthorized", "Please sign in.");
}
