import { asset } from "fresh/runtime";
import { LANGUAGE_TAGS } from "@core/platform/i18n.ts";
import { config } from "../fresh.config.ts";
import { inLocale, localeOfPath } from "../site/links.ts";
import { define } from "../utils.ts";

const STYLES = [
  "tokens",
  "base",
  "layout",
  "parts",
  "forms",
  "pages",
  "portal",
  "desk",
  "claims",
  "outreach",
  "operations",
  "admin",
  "agent",
];

export default define.page(function App({ Component, state, url }) {
  const { i18n } = state;
  return (
    <html lang={i18n.tag}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f3f8f5" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0b1715" media="(prefers-color-scheme: dark)" />
        <meta name="description" content={i18n.t("site.description")} />
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        <link
          rel="preload"
          href={asset("/fonts/commissioner-latin.woff2")}
          as="font"
          type="font/woff2"
          crossorigin="anonymous"
        />
        {STYLES.map((name) => (
          <link key={name} rel="stylesheet" href={asset(`/styles/${name}.css`)} />
        ))}
        {localeOfPath(url.pathname) && config.locales.map((locale) => (
          <link
            key={locale}
            rel="alternate"
            hreflang={LANGUAGE_TAGS[locale]}
            href={`${state.origin}${inLocale({ pathname: url.pathname, search: "" }, locale)}`}
          />
        ))}
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
