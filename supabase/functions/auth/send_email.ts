/**
 * Supabase Auth's Send Email hook: Auth asks for a mail, and we write it in the reader's language, on
 * the tenant's host, by the same rails as every other mail.
 * Source: https://supabase.com/docs/guides/auth/auth-hooks/send-email-hook
 */
import { ownPath } from "@core/identity/own_address.ts";
import { readTenants, tenantOrigin } from "@core/identity/tenants.ts";
import { sendNow, type SendToPerson } from "@core/outreach/send_now.ts";
import { AppError } from "@core/platform/errors.ts";
import { parseJson, readBody } from "@core/platform/http.ts";
import { callerAddress, takeRateLimit } from "@core/platform/rate_limit.ts";
import { readDelivery } from "@core/platform/webhook_signature.ts";
import { z } from "zod";
import { answer, type AuthDeps, refusal, RESET_TOKEN, tooMany } from "./parts.ts";

/** A person's metadata comes along and may be long. */
const MAX_BODY_BYTES = 131_072;
/** Wrong signatures that one address may send in a minute; right ones are never counted. */
const MAX_WRONG_SIGNATURES = 60;
/**
 * Links for a new password that one person is sent in an hour, whoever asks: our own door has a limit by
 * address, but everybody can ask Auth directly. Further ones are answered alike and send nothing.
 */
const RESETS = { bucket: "password reset mails", max: 8, windowSeconds: 3_600 };
/** How long Auth's links work (`otp_expiry`), in minutes. */
const LINK_LIVES = 60;

/** The page of an invitation, with its key. */
const INVITATION = /^\/[a-z]{2}\/invitation\/[A-Za-z0-9_-]{43}$/;

const Wanted = z.object({
  user: z.object({
    id: z.uuid(),
    email: z.string(),
    "new_email": z.string().optional(),
  }),
  "email_data": z.object({
    "email_action_type": z.string(),
    "token_hash": z.string().regex(RESET_TOKEN),
    "redirect_to": z.string().optional().catch(undefined),
  }),
});

/**
 * Sends the mail that Auth asks for. A request that comes again sends nothing again.
 *
 * @throws {AppError} 400 and 401 for what Auth did not sign, 422 for mails that we do not send, 503 if
 * the mail could not be sent.
 */
export async function sendAuthMail(deps: AuthDeps, request: Request): Promise<Response> {
  const { env, clock, sending } = deps;
  if (env.mail.hookSecrets.length === 0) {
    throw refusal(503, "not_configured", "SEND_EMAIL_HOOK_SECRET is not set.");
  }
  const delivery = readDelivery(request.headers, "webhook");
  if (typeof delivery === "string") {
    throw refusal(400, `${delivery}_signature`, "The webhook headers cannot be read.");
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  const verdict = await deps.verifyHook(delivery, body, clock.now());
  if (verdict !== "valid") await refuseForged(deps, request.headers);

  const wanted = Wanted.safeParse(parseJson(body));
  if (!wanted.success) throw refusal(400, "malformed", "The body asks for no mail.");
  if (await isOneTooMany(deps, wanted.data)) return answer({});
  const mail = await mailOf(deps, wanted.data, delivery.id);
  const outcome = await sendNow(sending, mail);
  if (outcome === "failed") {
    throw refusal(503, "mail_not_sent", "The mail could not be sent. Please try again shortly.");
  }
  return answer({});
}

async function isOneTooMany(
  { db }: Pick<AuthDeps, "db">,
  { user, email_data: { email_action_type: kind } }: z.infer<typeof Wanted>,
): Promise<boolean> {
  if (kind !== "recovery") return false;
  const verdict = await db.asService(
    "service_auth",
    (tx) => takeRateLimit(tx, { ...RESETS, key: user.id }),
  );
  return !verdict.allowed;
}

async function mailOf(
  { db, env }: AuthDeps,
  { user, email_data: data }: z.infer<typeof Wanted>,
  deliveryId: string,
): Promise<SendToPerson> {
  const token = encodeURIComponent(data.token_hash);
  const kind = data.email_action_type;
  const dedupeKey = `${kind}:${deliveryId}`;
  switch (kind) {
    case "recovery": {
      const path = await callbackPath({ db, env }, data.redirect_to);
      return {
        template: "password_reset",
        userId: user.id,
        dedupeKey,
        details: ({ origin, locale }) => {
          const callback = encodeURIComponent(path ?? `/${locale}/reset-password`);
          return {
            link: `${origin}/api/auth/reset-password/${token}?callbackURL=${callback}`,
            expiresInMinutes: LINK_LIVES,
          };
        },
      };
    }
    case "signup": {
      const path = await callbackPath({ db, env }, data.redirect_to);
      // Who was invited goes on to accept; everybody else to sign in.
      const next = path !== null && INVITATION.test(path)
        ? `?next=${encodeURIComponent(path)}`
        : "";
      return {
        template: "confirm_signup",
        userId: user.id,
        dedupeKey,
        details: ({ origin, locale }) => ({
          link: `${origin}/${locale}/confirm/signup/${token}${next}`,
        }),
      };
    }
    case "email_change":
      // Only the new address is asked (double_confirm_changes = false), and `token_hash` is its.
      return {
        template: "email_change",
        userId: user.id,
        address: user.new_email ?? user.email,
        dedupeKey,
        details: ({ origin, locale }) => ({ link: `${origin}/${locale}/confirm/email/${token}` }),
      };
    default:
      throw refusal(422, "unsupported_mail", "We send no mail of this kind.");
  }
}

/** The page of ours that was asked for, on whichever of our hosts; null for the usual one. */
async function callbackPath(
  { db, env }: Pick<AuthDeps, "db" | "env">,
  redirectTo: string | undefined,
): Promise<string | null> {
  const tenants = await db.asAnon((tx) => readTenants(tx));
  const origins = tenants.map(({ hosts }) => tenantOrigin(env.siteUrl, hosts));
  const path = ownPath(redirectTo, [new URL(env.siteUrl).origin, ...origins]);
  return path === "/" ? null : path;
}

async function refuseForged({ db }: AuthDeps, headers: Headers): Promise<never> {
  const verdict = await db.asService("service_auth", (tx) =>
    takeRateLimit(tx, {
      bucket: "auth mail hook",
      key: callerAddress(headers),
      max: MAX_WRONG_SIGNATURES,
      windowSeconds: 60,
    }));
  if (!verdict.allowed) throw tooMany(verdict);
  throw new AppError({
    code: "wrong_signature",
    status: 401,
    message: "The signature does not match the body, or is too old.",
  });
}
