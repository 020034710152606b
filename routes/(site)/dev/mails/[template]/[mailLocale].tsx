import { HttpError, page } from "fresh";
import { isMailTemplate, MAIL_TEMPLATES } from "@core/outreach/mails/templates.ts";
import { isLocale, LANGUAGE_NAMES, LANGUAGE_TAGS } from "@core/platform/i18n.ts";
import { DevMailsHead } from "../../../../../components/DevMailsHead.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { config } from "../../../../../fresh.config.ts";
import { framed, type Preview, previewOf } from "../../../../../site/dev_mails.ts";
import { define } from "../../../../../utils.ts";

/** How a mail is shown: as on a desk and on a phone, by day and by night. */
const FRAMES = [
  { scheme: "light", width: 640 },
  { scheme: "light", width: 390 },
  { scheme: "dark", width: 640 },
  { scheme: "dark", width: 390 },
] as const;

export const handler = define.handlers({
  GET(ctx) {
    const { template = "", mailLocale = "" } = ctx.params;
    if (!isMailTemplate(template) || !isLocale(mailLocale)) throw new HttpError(404);
    // A mail's frame inherits the page's policy, and mails carry their styles in their elements.
    ctx.state.policy = { "style-src": ["'unsafe-inline'"] };
    return page<Preview>(previewOf(template, mailLocale, ctx.state.origin));
  },
});

/** One mail in one language: subject, preheader, HTML in each shape, plain text. */
export default define.page<typeof handler>(function DevMail({ data, state }) {
  const { template, locale, mail } = data;
  const at = MAIL_TEMPLATES.indexOf(template);
  const before = MAIL_TEMPLATES[at - 1];
  const after = MAIL_TEMPLATES[at + 1];
  return (
    <Page i18n={state.i18n} title={template} ready="dev-mail-ready" class="dev-mails">
      <DevMailsHead />
      <nav aria-label="Mails">
        <a href="/dev/mails">All mails</a>
        {before && <a href={`/dev/mails/${before}/${locale}`}>← {before}</a>}
        {after && <a href={`/dev/mails/${after}/${locale}`}>{after} →</a>}
        {config.locales.map((other) => (
          <a
            key={other}
            href={`/dev/mails/${template}/${other}`}
            lang={LANGUAGE_TAGS[other]}
            aria-current={other === locale ? "page" : undefined}
          >
            {LANGUAGE_NAMES[other]}
          </a>
        ))}
      </nav>
      <h1 lang={LANGUAGE_TAGS[locale]}>{mail.subject}</h1>
      <p lang={LANGUAGE_TAGS[locale]}>{mail.preheader}</p>
      <div class="dev-mails-frames">
        {FRAMES.map(({ scheme, width }) => (
          <iframe
            key={`${scheme} ${width}`}
            title={`HTML, ${scheme}, ${width} pixels wide`}
            width={width}
            height={1100}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            srcdoc={framed(mail.html, scheme)}
          />
        ))}
      </div>
      <h2>Plain text</h2>
      <pre lang={LANGUAGE_TAGS[locale]}>{mail.text}</pre>
    </Page>
  );
});
