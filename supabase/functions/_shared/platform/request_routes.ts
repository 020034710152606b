/** Patterns of addresses, for counting: no ids, no keys, and never more of them than there are routes. */

/** What nobody answers is one route, however many addresses are tried. */
export const UNKNOWN_ROUTE = "(unknown)";

const WORD = /^[a-z][a-z-]{1,39}$/;
/** Words that stand behind an id or a key. */
const LATER_WORDS: ReadonlySet<string> = new Set(["download", "confirm", "renew"]);

/**
 * Pattern of a function's address.
 *
 * @param path Its path, `/<name>/…`.
 * @param status What was answered: what is not there has no pattern of its own.
 */
export function functionRoute(path: string, status: number): string {
  const [name = "", ...rest] = path.split("/").filter((part) => part !== "");
  if (!WORD.test(name) || (status === 404 && name !== "documents")) return UNKNOWN_ROUTE;
  const parts = rest.slice(0, 4).map((part, place) => {
    if (place === 0 && WORD.test(part) && part.length < 30) return part;
    if (LATER_WORDS.has(part)) return part;
    return /^\d{1,3}$/.test(part)
      ? ":number"
      : place === 0 && name === "documents"
      ? ":id"
      : ":key";
  });
  return [name, ...parts].join("/");
}

/** Paths of the site that are passed on to functions, with what stands for their variable parts. */
const PASSED: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/documents\/share\/[^/]+\/[^/]+$/, "/api/documents/share/:token/:number"],
  [/^\/api\/documents\/[^/]+\/download$/, "/api/documents/:id/download"],
  [/^\/api\/documents\/[^/]+$/, "/api/documents/:id"],
  [/^\/api\/payment-proofs\/[^/]+$/, "/api/payment-proofs/:id"],
  [/^\/api\/auth\/reset-password\/[^/]+$/, "/api/auth/reset-password/:token"],
  [/^\/api\/(?:webhooks|cron|public|privacy|auth)\/[a-z-]{1,40}$/, "$&"],
  [/^\/api\/[a-z-]{1,40}$/, "$&"],
];

/**
 * Pattern of an address of the site.
 *
 * @param path Its path.
 * @param pattern The route that answered it, as Fresh says; null for files and for nothing.
 * @param status What was answered.
 */
export function siteRoute(path: string, pattern: string | null, status: number): string {
  if (path.startsWith("/api/")) {
    const passed = PASSED.find(([shape]) => shape.test(path));
    // A document that is not theirs is a document's address all the same.
    if (passed === undefined || (status === 404 && passed[1] === "$&")) return UNKNOWN_ROUTE;
    return passed[1] === "$&" ? path : passed[1];
  }
  // What no page answers is a file, or nothing.
  if (pattern !== null && !pattern.includes("*")) return pattern.slice(0, 120);
  return status === 404 ? UNKNOWN_ROUTE : "(file)";
}
