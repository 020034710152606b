/** What the guard's rules look at and what they find. */

/** Something that must not be. */
export interface Finding {
  /** Which rule, in one word. */
  readonly rule: string;
  /** File and line, package, table or header. */
  readonly where: string;
  /** What is wrong with it, in one line. Never a secret itself. */
  readonly what: string;
}

/** Texts of the checkout by path, as git would hand them over. */
export type Tree = ReadonlyMap<string, string>;

/** Whether a file belongs to the tests. */
export function isTest(path: string): boolean {
  return /_test\.tsx?$/.test(path) || path.startsWith("tests/") ||
    path.startsWith("supabase/tests/");
}

/** The line, from 1, of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
