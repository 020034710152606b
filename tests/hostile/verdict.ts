/** What no answer may ever be, whatever was sent. */
import type { Answer } from "./visitor.ts";

/** Words that only an inside has. */
const INSIDES =
  /\bat (?:async )?[\w.<>]+ \(?(?:file|ext|npm|https?):|file:\/\/\/|PostgresError|node_modules|duplicate key value|violates (?:check|foreign|not-null|unique|row-level)|relation "|column "\w+" |invalid input syntax|supabase\/functions\//;

/**
 * Why an answer may not be given.
 *
 * @param answer The answer.
 * @param secrets Texts that belong to somebody else.
 * @returns Null for an answer that is all right.
 */
export function wrongWith(answer: Answer, secrets: readonly string[] = []): string | null {
  if (answer.status >= 500) return `answered ${answer.status}: ${answer.text.slice(0, 300)}`;
  const inside = INSIDES.exec(answer.text);
  if (inside !== null) return `shows its insides: ${around(answer.text, inside.index)}`;
  const secret = secrets.find((text) => answer.text.includes(text));
  if (secret !== undefined) {
    return `shows somebody else's ${secret}: ${around(answer.text, answer.text.indexOf(secret))}`;
  }
  return null;
}

function around(text: string, at: number): string {
  return text.slice(Math.max(0, at - 120), at + 180);
}
