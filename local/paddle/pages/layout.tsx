import type { ComponentChild } from "preact";
import { renderToString } from "preact-render-to-string";

/**
 * Renders a whole page.
 *
 * @param page Title, language, a class that picks the layout, and the content of the body.
 * @returns HTML.
 */
export function renderPage(page: {
  title: string;
  lang: string;
  kind: "checkout" | "console" | "portal" | "invoice";
  children: ComponentChild;
}): string {
  return "<!doctype html>" + renderToString(
    <html lang={page.lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{page.title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/paddle.css" />
      </head>
      <body class={page.kind}>{page.children}</body>
    </html>,
  );
}
