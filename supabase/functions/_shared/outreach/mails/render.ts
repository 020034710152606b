/** From facts to a mail. */
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { i18nFor } from "@core/platform/i18n.ts";
import { compose } from "./compose.ts";
import type { MailFacts } from "./facts.ts";
import { deskFor } from "./letter.ts";
import { Mail } from "./parts/Mail.tsx";
import { COLOUR, STYLES } from "./parts/theme.ts";
import { greetingName, oneLine } from "./people.ts";
import { isOptional } from "./templates.ts";
import { letterText } from "./text.ts";

/** A mail, ready to be sent. */
export interface RenderedMail {
  readonly subject: string;
  /** What inboxes show beside the subject; it is in the HTML part, too. */
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}

/**
 * Makes a mail. Pure: the same facts give the same bytes.
 *
 * @param facts What it is made from, as `parseFacts()` gives them.
 * @returns The mail in the reader's language.
 */
export function renderMail(facts: MailFacts): RenderedMail {
  const { tenant } = facts;
  const i18n = i18nFor(facts.locale, tenant.timeZone);
  const letter = compose(facts, deskFor(facts, i18n));
  const name = greetingName(facts.person.fullName);
  const greeting = name === null ? i18n.t("mail.hello") : i18n.t("member.hello", { name });
  const unsubscribe = isOptional(facts.template) ? facts.unsubscribe ?? null : null;
  const body = renderToString(h(Mail, { i18n, letter, tenant, greeting, unsubscribe }));
  const subject = oneLine(letter.subject);
  return {
    subject,
    preheader: oneLine(letter.preheader),
    html: documentOf(i18n.tag, subject, body),
    text: letterText(letter, { i18n, tenant, greeting, unsubscribe }),
  };
}

/** The body in a document, which no component can begin: it holds what would be escaped. */
function documentOf(tag: string, title: string, body: string): string {
  return [
    "<!DOCTYPE html>",
    `<html lang="${tag}" dir="ltr">`,
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    // Keeps iOS from making links of dates and numbers.
    '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLES}</style>`,
    "</head>",
    `<body class="m-page" style="margin:0;padding:0;background-color:${COLOUR.page}">`,
    body,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
