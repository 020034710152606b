import { MAIL_KINDS } from "@core/outreach/mails/templates.ts";
import { LANGUAGE_NAMES, LANGUAGE_TAGS } from "@core/platform/i18n.ts";
import { Page } from "../../../../components/Page.tsx";
import { DevMailsHead } from "../../../../components/DevMailsHead.tsx";
import { config } from "../../../../fresh.config.ts";
import { allPreviews } from "../../../../site/dev_mails.ts";
import { define } from "../../../../utils.ts";

/** Every mail in every language, by subject. */
export default define.page(function DevMails({ state }) {
  const { i18n, origin } = state;
  return (
    <Page i18n={i18n} title="Mails" ready="dev-mails-ready" class="dev-mails">
      <DevMailsHead />
      <h1>Mails</h1>
      <p>
        Every mail in every language, with made-up facts. The mails that were really sent locally
        are in the inbox.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Mail</th>
            {config.locales.map((locale) => (
              <th key={locale} scope="col" lang={LANGUAGE_TAGS[locale]}>
                {LANGUAGE_NAMES[locale]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {allPreviews(origin).map(({ template, mails }) => (
            <tr key={template}>
              <th scope="row">
                <code>{template}</code>
                <span>{MAIL_KINDS[template]}</span>
              </th>
              {mails.map(({ locale, mail }) => (
                <td key={locale} lang={LANGUAGE_TAGS[locale]}>
                  <a href={`/dev/mails/${template}/${locale}`}>{mail.subject}</a>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  );
});
