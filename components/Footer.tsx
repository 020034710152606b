import type { MessageKey } from "@core/platform/i18n.ts";
import { ContactLines } from "./Contact.tsx";
import { LanguageLinks } from "./LanguageSwitch.tsx";
import { Logo } from "./Logo.tsx";
import type { View } from "./view.ts";

const PAGES: readonly (readonly [path: string, name: MessageKey])[] = [
  ["pricing", "nav.pricing"],
  ["help", "nav.help"],
  ["legal/terms", "legal.terms.title"],
  ["legal/privacy", "legal.privacy.title"],
  ["legal/refund", "legal.refund.title"],
  ["legal/cookies", "legal.cookies.title"],
];

/** Contact, languages and the pages that every page links to. */
export function Footer({ view }: { readonly view: View }) {
  const { i18n, locale, tenant, year } = view;
  return (
    <footer class="footer">
      <div class="wrap footer-columns">
        <div class="footer-brand">
          <Logo />
          <p>{i18n.t("site.tagline")}</p>
        </div>
        <section>
          <h2>{i18n.t("footer.contact")}</h2>
          <ContactLines tenant={tenant} />
        </section>
        <nav aria-label={i18n.t("nav.footer")}>
          <h2>{i18n.t("nav.footer")}</h2>
          <ul>
            {PAGES.map(([path, name]) => (
              <li key={path}>
                <a href={`/${locale}/${path}`}>{i18n.t(name)}</a>
              </li>
            ))}
          </ul>
        </nav>
        <nav aria-label={i18n.t("footer.languages")}>
          <h2>{i18n.t("footer.languages")}</h2>
          <LanguageLinks view={view} />
        </nav>
      </div>
      <div class="wrap footer-end">
        <p>{i18n.t("footer.rights", { year, "legal_name": tenant.legalName })}</p>
        <p>{i18n.t("footer.payments")}</p>
      </div>
    </footer>
  );
}
