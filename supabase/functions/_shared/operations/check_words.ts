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
  const facts = Object.entries(check.facts).map(([name, value]) => {
    const key = `ops.fact.${name}`;
    const shown = typeof value === "number" && Number.isInteger(value)
      ? i18n.number(value)
      : String(value);
    return `${isMessageKey(key) ? i18n.t(key) : name} ${shown}`;
  });
  const figures = [...facts, ...(check.detail === null ? [] : [check.detail])].join(" · ");
  return { title: titleOf(i18n, check.id), figures, todo: todoOf(i18n, check) };
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
