/**
 * Stands in for hosted Auth's Send Email hook: what the embedded Auth would mail becomes the signed
 * request that hosted Auth makes, to the same function.
 *
 * The embedded Auth hands over a finished mail and nothing else, so its subjects are set to say what
 * the mail is about.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { signDelivery } from "@core/platform/webhook_signature.ts";
import type { Sql } from "postgres";

/** What the hook is told about a mail. */
export interface AuthMail {
  readonly to: string;
  readonly subject: string;
}

/** Makes mails say in their subject what they are for; under `auth.email.template`. */
export const SPEAKING_TEMPLATES = {
  confirmation: { subject: "signup {{ .TokenHash }} {{ .Token }}" },
  recovery: { subject: "recovery {{ .TokenHash }} {{ .Token }}" },
  "magic_link": { subject: "magiclink {{ .TokenHash }} {{ .Token }}" },
  invite: { subject: "invite {{ .TokenHash }} {{ .Token }}" },
  // Goes to an address that Auth has not written down yet.
  "email_change": { subject: "email_change {{ .TokenHash }} {{ .Token }} {{ .Email }}" },
} as const;

/** The request at work: where it wants its link to lead to. */
const asked = new AsyncLocalStorage<string | null>();

/**
 * Answers a request to Auth, and remembers meanwhile where its link is to lead to.
 *
 * @param request The request.
 * @param answer Answers it.
 */
export function rememberRedirect(
  request: Request,
  answer: () => Promise<Response>,
): Promise<Response> {
  return asked.run(new URL(request.url).searchParams.get("redirect_to"), answer);
}

/** What {@linkcode callHook} needs. */
export interface HookOptions {
  /** Of the owner: Auth's own tables are read. */
  readonly sql: Sql;
  /** Where the function answers. */
  readonly url: string;
  /** `v1,whsec_…`. */
  readonly secret: string;
  readonly siteUrl: string;
  /** Where links may lead besides; `**` at the end stands for anything. */
  readonly redirectUrls: readonly string[];
}

/**
 * Asks the function for a mail, as hosted Auth does.
 *
 * @param mail What the embedded Auth would send.
 * @param options The function's address and secret.
 * @throws {Error} If it says no; Auth answers its own caller with a 500 then, as hosted Auth does.
 */
export async function callHook(mail: AuthMail, options: HookOptions): Promise<void> {
  const [kind = "", tokenHash = "", token = "", of = mail.to] = mail.subject.split(" ");
  const [user] = await options.sql<{ id: string; email: string }[]>`
    select id, email from auth.users where lower(email) = ${of.toLowerCase()}`;
  if (user === undefined) throw new Error("Auth wants to write to somebody whom it does not know");
  const body = new TextEncoder().encode(JSON.stringify({
    user: { id: user.id, email: user.email, ...(of === mail.to ? {} : { "new_email": mail.to }) },
    "email_data": {
      token,
      "token_hash": tokenHash,
      "redirect_to": permitted(asked.getStore() ?? null, options),
      "email_action_type": kind,
      "site_url": options.siteUrl,
    },
  }));
  const id = `msg_${crypto.randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const response = await fetch(options.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": await signDelivery(options.secret, { id, timestamp }, body),
    },
    body,
  });
  if (!response.ok) throw new Error(`The mail hook answered ${response.status}`);
  await response.body?.cancel();
}

/** Where a link leads to: where it was asked for if that is allowed, else the site. */
function permitted(
  redirect: string | null,
  { siteUrl, redirectUrls }: Pick<HookOptions, "siteUrl" | "redirectUrls">,
): string {
  if (redirect === null) return siteUrl;
  const isOurs = new URL(siteUrl).origin === URL.parse(redirect)?.origin;
  const isListed = redirectUrls.some((url) =>
    url.endsWith("**") ? redirect.startsWith(url.slice(0, -2)) : redirect === url
  );
  return isOurs || isListed ? redirect : siteUrl;
}
