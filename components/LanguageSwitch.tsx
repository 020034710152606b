import { LANGUAGE_NAMES, LANGUAGE_TAGS } from "@core/platform/i18n.ts";
import { config } from "../fresh.config.ts";
import { inLocale } from "../site/links.ts";
import { Icon } from "./Icon.tsx";
import type { View } from "./view.ts";

/** The page in the other languages, behind a button. Works without JavaScript. */
export function LanguageMenu({ view }: { readonly view: View }) {
  const { i18n, locale } = view;
  const language = LANGUAGE_NAMES[locale];
  return (
    <details class="menu" name="header">
      <summary>
        <Icon name="globe" size={20} />
        <span class="visually-hidden">{i18n.t("nav.language_now", { language })}</span>
        <span aria-hidden="true">{locale.toUpperCase()}</span>
        <Icon name="chevron" size={16} />
      </summary>
      <div class="menu-panel">
        <LanguageLinks view={view} />
      </div>
    </details>
  );
}

/** The page in each language, as a plain list. */
export function LanguageLinks({ view }: { readonly view: View }) {
  return (
    <ul class="language-links">
      {config.locales.map((locale) => (
        <li key={locale}>
          <a
            href={inLocale(view.url, locale)}
            lang={LANGUAGE_TAGS[locale]}
            hreflang={LANGUAGE_TAGS[locale]}
            aria-current={locale === view.locale ? "true" : undefined}
          >
            {LANGUAGE_NAMES[locale]}
          </a>
        </li>
      ))}
    </ul>
  );
}
