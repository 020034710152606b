/** What a check found, in words: for the page in its language, for `deno task doctor` in English. */
import { type I18n, isMessageKey } from "@core/platform/i18n.ts";
import type { CheckResult } from "./checks/check.ts";

/** A finding in words. */
export interface CheckWords {
  readonly title: string;
  /** The figures in one line; empty if there are none. */
  readonly figures: string;
  /** What it means and what to do; null if all is well. */
  readonly todo: string | null;
}

/**
 * Says what was found.
 *
 * @param i18n The language.
 * @param check What was found.
 */
export function inWords(i18n: I18n, check: CheckResult): CheckWords {
  const facts = Object.entries(check.facts).map(([name, value]) => factOf(i18n, name, value));
  const figures = [...facts, ...(check.detail === null ? [] : [check.detail])].join(" · ");
  return { title: titleOf(i18n, check.id), figures, todo: todoOf(i18n, check) };
}

/** Stands in words where the figure goes. */
const PLACE = "\0";

/** A figure with what it is: "waiting 3", or "answered in 8 ms" where its words have a place for it. */
function factOf(i18n: I18n, name: string, value: string | number): string {
  const shown = typeof value === "number" && Number.isInteger(value)
    ? i18n.number(value)
    : String(value);
  const key = `ops.fact.${name}`;
  if (!isMessageKey(key)) return `${name} ${shown}`;
  const words = i18n.t(key, { value: PLACE });
  return words.includes(PLACE) ? words.replace(PLACE, shown) : `${words} ${shown}`;
}

function titleOf(i18n: I18n, id: string): string {
  if (id.startsWith("job-")) return i18n.t("ops.check.job", { job: id.slice("job-".length) });
  const key = `ops.check.${id.replaceAll("-", "_")}`;
  return isMessageKey(key) ? i18n.t(key) : id;
}

function todoOf(i18n: I18n, { cause, state }: CheckResult): string | null {
  if (cause !== null) return i18n.t(`ops.cause.${cause}`);
  return state === "unknown" ? i18n.t("ops.cause.unknown") : null;
}
