/** The webhook function over a database, delivered to as Paddle does, and what it left there. */
import { createHash } from "node:crypto";
import type postgres from "postgres";
import { fixedClock } from "@core/platform/clock.ts";
import type { Database } from "@core/platform/database.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/paddle-webhook/app.ts";
import { sign } from "./paddle_payloads.ts";
import { SECRET, testEnv } from "./support.ts";

/** The time at which tests deliver, in milliseconds since 1970. */
export const NOW = Date.parse("2026-03-01T12:00:10Z");

/** The function over a database, with a way to deliver to it as Paddle does. */
export function paddle(db: Database, env: Record<string, string> = {}) {
  const app = createApp({ env: testEnv(env), db, clock: fixedClock(NOW), log: silentLogger });
  const post = (body: BodyInit, headers: Record<string, string>) =>
    app.request("/paddle-webhook", { method: "POST", body, headers });
  return {
    app,
    post,
    /** Delivers an event, correctly signed, and gives back the answer's status and result. */
    async deliver(payload: unknown): Promise<[status: number, result: string]> {
      const body = typeof payload === "string" ? payload : JSON.stringify(payload);
      const response = await post(body, { "paddle-signature": sign(body, SECRET, NOW) });
      const json = await response.json();
      return [response.status, json.result ?? json.error.code];
    },
  };
}

/** The row of an event. */
export async function stored(sql: postgres.Sql, payload: Record<string, unknown>) {
  const [row] = await sql`
    select * from webhook_events where dedupe_key = ${`paddle:event:${payload["event_id"]}`}`;
  return row;
}

/** The row of a Paddle subscription. */
export async function subscriptionRow(sql: postgres.Sql, id: string) {
  const [row] = await sql`select * from subscriptions where provider_subscription_id = ${id}`;
  return row;
}

/** Actions in the audit log that tell of an event, in order. */
export async function audited(
  sql: postgres.Sql,
  payload: Record<string, unknown>,
): Promise<string[]> {
  const rows = await sql`
    select action from audit_log
    where metadata ->> 'event_id' = ${String(payload["event_id"])} order by seq`;
  return rows.map((row) => row["action"]);
}

/** SHA-256 in hexadecimal. */
export const hashOf = (body: string | Uint8Array) =>
  createHash("sha256").update(body).digest("hex");
