import { HttpError, page } from "fresh";
import { SupportMail } from "../../../../../components/Contact.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { Rich } from "../../../../../components/Rich.tsx";
import { isMessageKey, type MessageKey } from "@core/platform/i18n.ts";
import { LEGAL_VERSION } from "../../../../../site/legal_version.ts";
import { define } from "../../../../../utils.ts";

const DOCUMENTS = ["terms", "privacy", "refund", "cookies"] as const;
type DocumentName = typeof DOCUMENTS[number];

const CHANGED = new Date(`${LEGAL_VERSION}T00:00:00Z`);

export const handler = define.handlers({
  GET({ params }) {
    const name = DOCUMENTS.find((document) => document === params["document"]);
    if (name === undefined) throw new HttpError(404);
    return page({ name, sections: sectionsOf(name) });
  },
});

export default define.page<typeof handler>(function Legal({ data: { name, sections }, state }) {
  const { i18n, tenant, locale } = state;
  const parts = { "legal_name": tenant.legalName, email: <SupportMail tenant={tenant} /> };
  return (
    <Page
      i18n={i18n}
      title={i18n.t(`legal.${name}.title`)}
      ready="legal-page-ready"
      class="wrap page prose"
    >
      <header class="page-head">
        <h1>{i18n.t(`legal.${name}.title`)}</h1>
        <p class="fine">{i18n.t("legal.updated", { date: i18n.date(CHANGED) })}</p>
      </header>
      {sections.map(({ title, text }) => (
        <section key={title}>
          <h2>{i18n.t(title)}</h2>
          <p>
            <Rich text={i18n.t(text)} parts={parts} />
          </p>
        </section>
      ))}
      <nav class="legal-nav" aria-label={i18n.t("legal.title")}>
        <ul>
          {DOCUMENTS.map((document) => (
            <li key={document}>
              <a href={`/${locale}/legal/${document}`}>{i18n.t(`legal.${document}.title`)}</a>
            </li>
          ))}
        </ul>
      </nav>
    </Page>
  );
});

interface Section {
  readonly title: MessageKey;
  readonly text: MessageKey;
}

/** The numbered sections that the language files have for a document. */
function sectionsOf(name: DocumentName): Section[] {
  const sections: Section[] = [];
  for (let at = 1;; at++) {
    const title = `legal.${name}.${at}.title`;
    const text = `legal.${name}.${at}.text`;
    if (!isMessageKey(title) || !isMessageKey(text)) return sections;
    sections.push({ title, text });
  }
}
