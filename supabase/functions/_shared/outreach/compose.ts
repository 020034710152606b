/** From what the ledger keeps of a mail to the mail as it leaves, the same to the byte at every try. */
import type { OutgoingMail } from "@core/platform/mailer.ts";
import type { StoredMail } from "./decide_send.ts";
import type { LinkCode } from "./mail_links.ts";
import { parseFacts } from "./mails/facts.ts";
import { renderMail } from "./mails/render.ts";
import type { MailTemplate } from "./mails/templates.ts";

/** The codes that a mail carries, where it carries any. */
export interface MailCodes {
  readonly unsubscribe?: LinkCode;
  readonly nps?: LinkCode;
  readonly welcome?: LinkCode;
}

/** Which mail it is. */
export interface MailIdentity {
  /** Id in the ledger. */
  readonly id: string;
  readonly tenantId: string;
  readonly template: MailTemplate;
}

/**
 * Makes a mail. Pure.
 *
 * @param identity Which mail it is.
 * @param stored What the ledger keeps of it.
 * @param codes Codes for its links.
 * @param fromAddress The installation's sender, with or without a name.
 * @returns The mail.
 * @throws {z.ZodError} If what is stored is no mail.
 */
export function composeMail(
  identity: MailIdentity,
  stored: StoredMail,
  codes: MailCodes,
  fromAddress: string,
): OutgoingMail {
  const { origin, locale } = stored.mail as { origin: string; locale: string };
  const { unsubscribe, nps, welcome } = codes;
  const facts = parseFacts(stored.mail, {
    ...(nps === undefined ? {} : { surveyUrl: `${origin}/${locale}/nps/${nps.token}` }),
    ...(welcome === undefined
      ? {}
      : { welcomeUrl: `${origin}/${locale}/welcome/${welcome.token}` }),
    ...(unsubscribe === undefined
      ? {}
      : { unsubscribe: `${origin}/${locale}/unsubscribe/${unsubscribe.token}` }),
  });
  const { subject, html, text } = renderMail(facts);
  return {
    from: sender(stored.fromName, fromAddress),
    to: stored.to,
    replyTo: stored.replyTo,
    subject,
    html,
    text,
    headers: {
      // Nobody's holiday notice needs to answer (RFC 3834).
      "Auto-Submitted": "auto-generated",
      ...(unsubscribe === undefined ? {} : {
        // The mail program posts to it by itself when its reader says so (RFC 8058).
        "List-Unsubscribe": `<${origin}/api/public/unsubscribe?token=${unsubscribe.token}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }),
    },
    tags: { template: identity.template, tenant: identity.tenantId, send: identity.id },
  };
}

/**
 * A sender with a tenant's name on it.
 *
 * @param name The name; what could end the quoted text or the header is taken out.
 * @param from The installation's sender, `Name <address>` or an address.
 * @returns `"Name" <address>`.
 */
export function sender(name: string, from: string): string {
  const address = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
  // deno-lint-ignore no-control-regex -- control signs are what is looked for
  const plain = name.replace(/["\\<>\x00-\x1f\x7f]/g, " ").replace(/\s+/g, " ").trim();
  return plain === "" ? address : `"${plain}" <${address}>`;
}
