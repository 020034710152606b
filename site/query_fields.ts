/** Reads what a filter's address says; what makes no sense counts as not said. */

/** An address' query, or the fields of a form. */
export type Query = Pick<URLSearchParams, "get">;

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A text, at most `max` characters of it. */
export function textOf(query: Query, name: string, max = 120): string | null {
  const value = query.get(name)?.replaceAll("\0", "").trim().slice(0, max);
  return value ? value : null;
}

/** A text that has a certain form. */
export function matchOf(query: Query, name: string, pattern: RegExp): string | null {
  const value = textOf(query, name);
  return value !== null && pattern.test(value) ? value : null;
}

/** One of several words. */
export function oneOf<T extends string>(
  query: Query,
  name: string,
  words: readonly T[],
): T | null {
  return words.find((word) => word === query.get(name)) ?? null;
}

/** A day, `YYYY-MM-DD`. */
export function dayOf(query: Query, name: string): string | null {
  const value = matchOf(query, name, DAY);
  return value !== null && isDay(value) ? value : null;
}

/** Whether the calendar has such a day: neither 31 April nor the year 0 is one to PostgreSQL. */
function isDay(text: string): boolean {
  const when = new Date(`${text}T00:00:00Z`);
  return text >= "0001" && !Number.isNaN(when.getTime()) && when.toISOString().startsWith(text);
}

/** A numbered page, from 1. */
export function pageOf(query: Query, name = "page"): number {
  const value = matchOf(query, name, /^[1-9]\d{0,4}$/);
  return value === null ? 1 : Number(value);
}
