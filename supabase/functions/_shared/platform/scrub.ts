/**
 * Takes out of a text what could tell of a person or open a door, before it leaves the house.
 *
 * What is left is enough to tell one fault from another; who was met by it stands in our own log,
 * under the request's id.
 */

/** What is looked for, in this order, and what stands in its place. */
const RULES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  // An address of a page or a database: where, and not what of it, nor with which password.
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"']*@)?([^\s/?#"'@<>()]+)[^\s"'<>()]*/gi, "$1$2/…"],
  [/[^\s"'<>()@:;,=]+@[^\s"'<>()@:;,=]+/g, "[mail]"],
  // JSON Web Tokens, keys with a known beginning, and anything else that is long and random.
  [/\beyJ[\w-]+(?:\.[\w-]*){1,2}/g, "[token]"],
  [/\b(?:sb|re|pdl|whsec|sntrys|v1,whsec)_[\w+/=-]{6,}/g, "[key]"],
  [/\b(?:bearer|basic)\s+[\w+/=.~-]+/gi, "[token]"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "[id]"],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-zA-Z])[\w-]{20,}\b/g, "[token]"],
  // An account of a bank, in groups or without.
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g, "[account]"],
  [/\b(?:CLM-[A-Z]{2}|MEM)-\d{4}-\d+\b/g, "[number]"],
  // IPv4, IPv6, telephone numbers, cards.
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "[ip]"],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi, "[ip]"],
  [/\+?\d(?:[ ()./-]?\d){6,}/g, "[number]"],
  // What PostgreSQL and others quote after a colon is somebody's value; elsewhere names of things.
  [/(:\s*)"[^"]*"/g, '$1"…"'],
  [/"(?![a-z_][a-z0-9_.]*")[^"]*"/g, '"…"'],
  [/=\([^)]*\)/g, "=(…)"],
  // Two words that are written large are somebody's name sooner than anything of ours.
  [/\p{Lu}[\p{Ll}\p{M}’'-]+(?:[ -]\p{Lu}[\p{L}\p{M}’'-]+)+/gu, "[name]"],
];

/** Longer than this nothing leaves. */
const MOST = 300;

/**
 * Scrubs a text.
 *
 * @param text What a program said.
 * @returns The text without addresses, names of people's things, tokens and numbers; at most 300
 * characters.
 */
export function scrub(text: string): string {
  let left = text.slice(0, 4 * MOST);
  for (const [pattern, instead] of RULES) left = left.replace(pattern, instead);
  return left.length > MOST ? `${left.slice(0, MOST)}…` : left;
}
