/** Every mail as it would look, for the pages below `/dev/mails`. */
import { type RenderedMail, renderMail } from "@core/outreach/mails/render.ts";
import { sampleFacts } from "@core/outreach/mails/samples.ts";
import { MAIL_TEMPLATES, type MailTemplate } from "@core/outreach/mails/templates.ts";
import { type Locale, LOCALES } from "@core/platform/i18n.ts";

/** One mail in one language. */
export interface Preview {
  readonly template: MailTemplate;
  readonly locale: Locale;
  readonly mail: RenderedMail;
}

/**
 * A mail made from made-up facts.
 *
 * @param template Which mail.
 * @param locale In which language.
 * @param origin What its links begin with.
 */
export function previewOf(template: MailTemplate, locale: Locale, origin: string): Preview {
  return { template, locale, mail: renderMail(sampleFacts(template, locale, origin)) };
}

/** Every mail in every language. */
export function allPreviews(
  origin: string,
): { readonly template: MailTemplate; readonly mails: readonly Preview[] }[] {
  return MAIL_TEMPLATES.map((template) => ({
    template,
    mails: LOCALES.map((locale) => previewOf(template, locale, origin)),
  }));
}

/**
 * A mail for a frame: by day or by night whatever the visitor's own setting, links in a new tab.
 *
 * @param html The mail's HTML part.
 * @param scheme How it is shown.
 */
export function framed(html: string, scheme: "light" | "dark"): string {
  return html
    .replace("(prefers-color-scheme:dark)", scheme === "dark" ? "all" : "not all")
    .replace("<head>", '<head><base target="_blank">');
}
