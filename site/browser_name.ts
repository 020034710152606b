/** Which browser and which machine a `User-Agent` header tells of, as far as people would say it. */

/** A browser and what it runs on; null where that cannot be told. */
export interface BrowserName {
  readonly browser: string | null;
  readonly system: string | null;
}

/** In this order: most browsers name others for old times' sake. */
const BROWSERS: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:OPR|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/**
 * Reads a `User-Agent` header.
 *
 * @param userAgent The header, if one was noted.
 */
export function browserName(userAgent: string | null): BrowserName {
  const find = (among: typeof BROWSERS) =>
    among.find(([sign]) => sign.test(userAgent ?? ""))?.[1] ?? null;
  return { browser: find(BROWSERS), system: find(SYSTEMS) };
}
