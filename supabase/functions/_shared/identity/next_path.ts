/** Where a person may be sent after signing in: only to a page of this site. */

const MAX_LENGTH = 2_000;
const ORIGIN = "http://site.invalid";
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const UNSAFE = /[\u0000-\u0020\u007f\\]/;

/**
 * Takes a `next` parameter only if it is a path of this site. `//host`, `/\host`, schemes, control
 * characters and anything that a browser would read as another origin are refused.
 *
 * @param value The parameter as it came, if it came.
 * @returns The path with its query and fragment, or null.
 */
export function safeNextPath(value: string | null | undefined): string | null {
  if (value === null || value === undefined || value.length > MAX_LENGTH || UNSAFE.test(value)) {
    return null;
  }
  if (!value.startsWith("/") || value.startsWith("//")) return null;
  const url = URL.parse(value, ORIGIN);
  if (url === null || url.origin !== ORIGIN) return null;
  const path = url.pathname + url.search + url.hash;
  // Dot segments can leave a path that starts with two slashes: `/x/..//host`.
  return path.startsWith("//") ? null : path;
}
