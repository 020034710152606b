import { i18nFor, LANGUAGE_TAGS, type Locale } from "@core/platform/i18n.ts";
import { inLocale } from "../../site/links.ts";

/** Props of {@linkcode OwnLanguage}. */
export interface OwnLanguageProps {
  readonly url: URL;
  /** The language that the reader chose for our mails. */
  readonly locale: Locale;
}

/** Offers the page in the language that the reader knows best, in that language. */
export function OwnLanguage({ url, locale }: OwnLanguageProps) {
  const tag = LANGUAGE_TAGS[locale];
  return (
    <p class="own-language">
      <a href={inLocale(url, locale)} lang={tag} hreflang={tag}>
        {i18nFor(locale).t("links.own_language")}
      </a>
    </p>
  );
}
