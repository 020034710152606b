/** Addresses of the site's own pages. */
import { isLocale, type Locale } from "@core/platform/i18n.ts";

/** The language that a path begins with, if it does. */
export function localeOfPath(pathname: string): Locale | null {
  const first = pathname.split("/", 2)[1];
  return isLocale(first) ? first : null;
}

/**
 * The same page in another language.
 *
 * @param url The page's address, with or without a language.
 * @param locale The language wanted.
 * @returns A local path with the same query.
 */
export function inLocale(url: Pick<URL, "pathname" | "search">, locale: Locale): string {
  const rest = localeOfPath(url.pathname) === null
    ? ""
    : url.pathname.split("/").slice(2).join("/");
  return `/${locale}${rest === "" ? "" : `/${rest}`}${url.search}`;
}

/** The sign-in page, which leads back to where the visitor wanted to go. */
export function loginPath(locale: Locale, next: Pick<URL, "pathname" | "search">): string {
  return `/${locale}/login?next=${encodeURIComponent(next.pathname + next.search)}`;
}

/** Where people see what is kept about them, get a copy of it and have it deleted. */
export function privacyPath(locale: Locale): string {
  return `/${locale}/account/privacy`;
}

/** A path with further query parameters; those without a value are left out. */
export function withQuery(
  path: string,
  parameters: Readonly<Record<string, string | null>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Whether a text, such as a part of a path, has the form of one of our ids. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
