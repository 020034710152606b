/** Words that people chose themselves, such as names and titles, before they go into a mail. */

/** Controls, line ends and marks that turn the direction of text around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Longest name that a greeting has room for, in characters. */
const NAME_MAX = 60;

/**
 * A text as one line: nothing that could end a header or turn the words after it around.
 *
 * @param text What somebody wrote.
 */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, " ").replace(/\s+/g, " ").trim();
}

/**
 * A text of several lines without what cannot be seen.
 *
 * @param text What somebody wrote.
 */
export function lines(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map(oneLine);
}

/**
 * The name to greet somebody with. A name may be chosen by a stranger who then has us send a mail to
 * somebody else, and mail programs turn words such as `win.example` into links: what looks like an
 * address, or is no name by its length, is left out.
 *
 * @param fullName The name in the profile.
 * @returns The name, or null to greet without one.
 */
export function greetingName(fullName: string | null): string | null {
  const name = oneLine(fullName ?? "");
  if (name === "" || [...name].length > NAME_MAX) return null;
  if (/[/\\@:<>{}[\]|=0-9]/.test(name) || /\p{L}\.\p{L}{2,}/u.test(name)) return null;
  return name;
}
