import { startStack } from "./stack.ts";
import { readSettings } from "./settings.ts";
const settings = { ...readSettings({ PORT_OFFSET: "3000", STATE_DIR: ".local-spike" }) };
const t = performance.now();
const stack = await startStack({
  settings,
  say: console.log,
  report: (e) => console.error("REPORT", e),
  site: "none",
});
console.log("up", performance.now() - t);
console.log(
  await stack
    .sql`select status, past_due_at, grace_period_ends_at, current_period_end from subscriptions`,
);
console.log(
  await stack
    .sql`select event_type, processing_result, attempts, reason, error from webhook_events order by received_at`,
);
console.log(await (await fetch("http://127.0.0.1:57321/functions/v1/health")).text());
await stack.stop();
console.log("stopped", performance.now() - t);
