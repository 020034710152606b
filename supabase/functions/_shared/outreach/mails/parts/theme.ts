/**
 * Colours and type of the mails: those of the site (`static/styles/tokens.css`), written into each
 * element, because mail programs drop style sheets or know only some of them.
 *
 * Tables with `background-color` and `width` as styles are what Outlook, Gmail and all others agree
 * on; rounded corners, the dark theme and the narrow screen are extras that some leave out.
 *
 * @module
 */

/** Colours of the light theme, which every element carries. */
export const COLOUR = {
  page: "#edf4f0",
  surface: "#ffffff",
  soft: "#edf4f0",
  line: "#d6e2dc",
  ink: "#12302b",
  inkSoft: "#4a625b",
  brand: "#0e5c50",
  onBrand: "#ffffff",
  link: "#0b5a4d",
  warm: "#fdf1d8",
  warmInk: "#744800",
} as const;

/** What takes their place in the dark theme. */
export const DARK: Readonly<Record<keyof typeof COLOUR, string>> = {
  page: "#0b1614",
  surface: "#12211e",
  soft: "#17302a",
  line: "#25403a",
  ink: "#e7f0ec",
  inkSoft: "#a6bcb4",
  brand: "#84d5c0",
  onBrand: "#06251f",
  link: "#8edcc8",
  warm: "#30270f",
  warmInk: "#f6d394",
};

/** Colours that both themes share: the card and the band above the letter. */
export const FIXED = {
  deep: "#0d4038",
  arch: "#1d6b5d",
  onDeep: "#f0f7f4",
  onDeepSoft: "#b8d3ca",
  sun: "#f3b442",
  good: "#e0f1e6",
  goodInk: "#14573a",
} as const;

/** Fonts that are there; a mail loads nothing. */
export const FONT =
  "'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,'Helvetica Neue',Arial,sans-serif";

/** Keeps a long word, such as a name or an address, within its place. */
export const WITHIN = "word-break:break-word";

/** Running text. */
export const TEXT =
  `font-family:${FONT};font-size:17px;line-height:27px;${WITHIN};color:${COLOUR.ink}`;

/** Names of things, and their values. */
export const STRONG =
  `font-family:${FONT};font-size:17px;line-height:25px;font-weight:700;color:${COLOUR.ink}`;

/** Small print. */
export const SMALL =
  `font-family:${FONT};font-size:14px;line-height:22px;${WITHIN};color:${COLOUR.inkSoft}`;

/** A table that only places things; corners can be round because its borders stay apart. */
export const BOX = "border-collapse:separate;border-spacing:0;width:100%";

/**
 * For programs that read style sheets: the dark theme (`data-ogsc` is Outlook's own), and a narrow
 * screen. Classes carry the name of the colour that they change.
 */
export const STYLES = [
  ":root{color-scheme:light dark;supported-color-schemes:light dark}",
  "body{margin:0;padding:0;-webkit-text-size-adjust:100%;text-size-adjust:100%}",
  "@media (max-width:480px){",
  ".m-pad{padding-left:22px!important;padding-right:22px!important}",
  ".m-title{font-size:24px!important;line-height:31px!important}",
  "}",
  "@media (prefers-color-scheme:dark){",
  ...darkRules(""),
  "}",
  ...darkRules("[data-ogsc] "),
].join("");

function darkRules(scope: string): string[] {
  const rule = (name: string, property: string, colour: string) =>
    `${scope}.${name}{${property}:${colour}!important}`;
  return [
    rule("m-page", "background-color", DARK.page),
    rule("m-surface", "background-color", DARK.surface),
    rule("m-soft", "background-color", DARK.soft),
    rule("m-warm", "background-color", DARK.warm),
    rule("m-brand", "background-color", DARK.brand),
    rule("m-line", "border-color", DARK.line),
    rule("m-ink", "color", DARK.ink),
    rule("m-ink-soft", "color", DARK.inkSoft),
    rule("m-link", "color", DARK.link),
    rule("m-warm-ink", "color", DARK.warmInk),
    rule("m-on-brand", "color", DARK.onBrand),
  ];
}
