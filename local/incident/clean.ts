/** Keeps people out of an incident's bundle: it goes to whoever helps, and may lie about for years. */
import { scrub } from "@core/platform/scrub.ts";

/** Longest signature, in words. */
const MOST_WORDS = 16;

/**
 * What tells one failure from another, and nothing of whom it met: the plain words of a message. Names,
 * addresses, numbers and codes all have a capital, a digit or a sign in them.
 *
 * @param text What a program said.
 */
export function signature(text: string): string {
  // What stands in quotes or brackets is somebody's value, however plain.
  const bare = text.replaceAll(
    /"[^"]*"|'[^']*'|`[^`]*`|\([^)]*\)|«[^»]*»|“[^”]*”|„[^“”]*[“”]/g,
    "…",
  );
  const words = bare.split(/\s+/).map((word) =>
    /^[a-z]+(?:[_-][a-z]+)*[,.:;]?$/.test(word) ? word : "…"
  );
  return words.slice(0, MOST_WORDS).join(" ").replaceAll(/…(?: …)+/g, "…");
}

/** Two words with capitals, one after the other, in any script. */
const NAME = /\p{Lu}\p{L}+(?:[ -]\p{Lu}\p{L}+)+/gu;

/**
 * A value with every text in it scrubbed, however deep. Keys stay: they are ours.
 *
 * @param value Anything that JSON can hold.
 */
export function scrubbed(value: unknown): unknown {
  if (typeof value === "string") {
    // Times are what the bundle is about, and look like numbers of telephones.
    return /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value)
      ? value
      : scrub(value).replaceAll(NAME, "[name]");
  }
  if (Array.isArray(value)) return value.map(scrubbed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, scrubbed(one)]));
}
