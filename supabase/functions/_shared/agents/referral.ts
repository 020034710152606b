/** What comes of an agent's link, as pages show it. */

/** Figures of a link, from clicks to members. */
export interface ReferralFigures {
  /** Visits with the link, each browser once in thirty days. */
  readonly clicks: number;
  /** People who opened a checkout with the code, or whom the agent looks after. */
  readonly signUps: number;
  /** Those of them who are members now. */
  readonly members: number;
  /** Clicks of the last thirty days, days without any left out. `day` is `2026-11-24`. */
  readonly byDay: readonly { readonly day: string; readonly clicks: number }[];
}
