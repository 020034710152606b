/** A link to a file that is refused leads back to the page that has the link, not to a line of JSON. */
import { bestLocale } from "@core/platform/i18n.ts";
import { localeOfPath, withQuery } from "./links.ts";

/** Why: asked too often, not (or no longer) to be had, or something of ours does not work. */
export const REFUSED = ["often", "over", "away"] as const;

/** One of {@linkcode REFUSED}. */
export type Refused = typeof REFUSED[number];

/**
 * Where a browser goes that followed a link to a file and is refused.
 *
 * @param req The request.
 * @param page The page with the link, below the language.
 * @param status What it is answered.
 * @returns A local path, or null for what is no browser's navigation or is not refused.
 */
export function pageInstead(req: Request, page: string, status: number): string | null {
  if (status < 400 || req.method !== "GET") return null;
  if (!(req.headers.get("accept") ?? "").includes("text/html")) return null;
  // Without a session the page leads to the sign-in, and back to where it says it all itself.
  const refused = status === 401 ? null : reasonOf(status);
  return withQuery(`/${localeOf(req)}/${page}`, { refused });
}

function reasonOf(status: number): Refused {
  if (status === 429) return "often";
  return status === 409 ? "over" : "away";
}

function localeOf(req: Request) {
  const from = req.headers.get("referer");
  const page = from !== null && URL.canParse(from) ? localeOfPath(new URL(from).pathname) : null;
  return page ?? bestLocale(req.headers.get("accept-language"), "sq");
}
