/** What `predeploy` found of one thing. */

/** `missing` stops a deployment; `advice` does not. */
export type Verdict = "ok" | "missing" | "advice";

/** One thing that was looked at. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at: a variable, a table, a job. */
  readonly what: string;
  /** What is missing and where it comes from; empty if all is well. Never a secret. */
  readonly todo: string;
}

/** All is well. */
export const ok = (what: string): Finding => ({ verdict: "ok", what, todo: "" });
/** The deployment would not work, or not be safe. */
export const missing = (what: string, todo: string): Finding => ({
  verdict: "missing",
  what,
  todo,
});
/** It works without; somebody should know. */
export const advice = (what: string, todo: string): Finding => ({ verdict: "advice", what, todo });
