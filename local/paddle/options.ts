import type { CataloguePlan } from "./entities/catalogue.ts";

/** How a simulator is set up. */
export interface PaddleOptions {
  /** The bearer that API calls must carry. */
  apiKey: string;
  /** The token of Paddle.js; the simulated checkout has no use for it, but shows it to operators. */
  clientToken?: string;
  /** Where events are delivered. */
  webhookUrl: string;
  /** Signs them; several secrets are given comma-separated. */
  webhookSecret: string;
  /** Address of the shop: its host may be returned to, and it is the default payment link. */
  siteUrl: string;
  /** Address under which browsers reach the simulator. */
  publicUrl: string;
  /** JSON file that keeps the state over a restart; in memory only without it. */
  statePath?: string;
  /** The plans on sale. */
  catalogue: CataloguePlan[];
  /** Pauses between deliveries in milliseconds; default from one second to five minutes. */
  retrySchedule?: number[];
  /** Milliseconds that a webhook may take to answer, default 5000. */
  timeoutMs?: number;
  /** The time that entities and events carry, default the real one. */
  clock?: () => Date;
  /** Replaces the global `fetch` in tests. */
  fetch?: typeof fetch;
}

/** Paddle retries for three days; a local stack is watched by somebody who waits. */
export const defaultRetrySchedule = [
  1_000,
  2_000,
  5_000,
  10_000,
  20_000,
  30_000,
  60_000,
  120_000,
  300_000,
  300_000,
  300_000,
  300_000,
];
