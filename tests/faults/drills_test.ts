/**
 * Fault drills: something breaks, `deno task doctor` names it within one run, health says so as the
 * contract has it, somebody mends it, and all is green again. On a stack of its own, as a stack that
 * other tests have used is never all green.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "@core/platform/clock.ts";
import { connectDatabase } from "@core/platform/database.ts";
import { readFunctionsEnv } from "@core/platform/env.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { readSupabaseConfig } from "../../local/config_toml.ts";
import { seedBuckets, seedSchedule } from "../../local/database.ts";
import { startInbox } from "../../local/inbox/server.ts";
import { withScratchStack } from "../../local/scratch.ts";
import { ROOT } from "../../local/settings.ts";
import type { Stack } from "../../local/stack.ts";
import { createApp as createHealth } from "../../supabase/functions/health/app.ts";
import { createApp as createWebhook } from "../../supabase/functions/paddle-webhook/app.ts";
import { sign } from "../functions/paddle_payloads.ts";
import { type Doorway, openDoorway } from "./doorway.ts";

interface Told {
  readonly ok: boolean;
  readonly code: number;
  /** Why each check failed, by its id. */
  readonly failed: Readonly<Record<string, string>>;
  readonly checks: readonly {
    readonly id: string;
    readonly state: string;
    readonly cause: string | null;
    readonly since: string | null;
    readonly detail: string | null;
    readonly todo: string | null;
    readonly section: string;
  }[];
}

/** Health's answer is kept for three seconds. */
const afterHealth = () => new Promise((done) => setTimeout(done, 3_100));

/** One run of the doctor, as an operator has it. */
async function doctor(stack: Stack, over: Record<string, string> = {}): Promise<Told> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "local/doctor.ts", "--json"],
    cwd: ROOT,
    env: { ...stack.env, NO_COLOR: "1", ...over },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.notEqual(text, "", new TextDecoder().decode(stderr));
  const { ok, checks } = JSON.parse(text) as Pick<Told, "ok" | "checks">;
  const failed = checks.filter(({ state }) => state === "fail");
  for (const { id, todo, since } of failed) {
    assert.ok(todo, `${id} says what to do`);
    // Where nothing can be read or written nobody knows more than the last write.
    const isBlind = failed.some((one) => ["database", "writes"].includes(one.id));
    if (!isBlind || id === "writes") assert.ok(since !== null, `${id} says since when`);
  }
  return {
    ok,
    code,
    checks,
    failed: Object.fromEntries(failed.map(({ id, cause }) => [id, cause ?? ""])),
  };
}

async function allGreen(stack: Stack): Promise<void> {
  const told = await doctor(stack);
  const bad = told.checks.filter(({ state }) => state !== "ok");
  assert.deepEqual(bad, []);
  assert.deepEqual([told.ok, told.code], [true, 0]);
}

async function health(stack: Stack): Promise<[status: number, says: string, text: string]> {
  await afterHealth();
  const answer = await fetch(`${stack.env["SITE_URL"]}/api/health`);
  const text = await answer.text();
  return [answer.status, JSON.parse(text).status, text];
}

async function deliver(stack: Stack, secret: string, at?: (request: Request) => Promise<Response>) {
  const body = JSON.stringify({
    "event_id": `evt_${crypto.randomUUID()}`,
    "event_type": "product.updated",
    "occurred_at": new Date().toISOString(),
    "notification_id": "ntf_drill",
    data: { id: "pro_drill" },
  });
  const request = new Request(`${stack.env["SUPABASE_URL"]}/functions/v1/paddle-webhook`, {
    method: "POST",
    body,
    headers: { "paddle-signature": sign(body, secret, Date.now()) },
  });
  const answer = await (at ?? fetch)(request);
  await answer.body?.cancel();
  return answer.status;
}

type Step = (stack: Stack, door: Doorway) => Promise<void>;

/** What the page Operations shows, in the name of the tasks. */
async function checksOfThePage(stack: Stack): Promise<string[]> {
  const answer = await fetch(`${stack.env["SUPABASE_URL"]}/functions/v1/health/checks`, {
    headers: { authorization: `Bearer ${stack.env["CRON_SECRET"]}` },
  });
  const { checks } = await answer.json() as Pick<Told, "checks">;
  return checks.map(({ id }) => id);
}

const DRILLS: readonly (readonly [name: string, drill: Step])[] = [
  ["variables that are missing or of another place are named", async (stack) => {
    assert.deepEqual((await doctor(stack, { DEFAULT_PUBLIC_TENANT: "mk" })).failed, {
      "default-tenant": "default_tenant_differs",
    });
    const lacking = await doctor(stack, { RESEND_FROM_EMAIL: "nobody" });
    assert.equal(lacking.failed["environment"], "env_missing");
    assert.match(
      lacking.checks.find(({ id }) => id === "environment")?.detail ?? "",
      /RESEND_FROM_EMAIL/,
    );
    assert.deepEqual((await doctor(stack, { PADDLE_API_KEY: "revoked" })).failed, {
      paddle: "paddle_key",
    });
  }],
  ["a database that is away", async (stack) => {
    const away = { FUNCTIONS_DATABASE_URL: "postgresql://app_functions:x@127.0.0.1:1/postgres" };
    const told = await doctor(stack, away);
    assert.deepEqual(told.failed, { database: "database_away" });
    assert.equal(told.code, 1);
  }],
  ["a wrong webhook secret", async (stack) => {
    assert.equal(await deliver(stack, "pdl_ntfset_of_another_place"), 401);
    const told = await doctor(stack);
    assert.deepEqual(told.failed, { "webhook-signatures": "secret_wrong" });
    const check = told.checks.find(({ id }) => id === "webhook-signatures");
    assert.match(check?.detail ?? "", /PADDLE_WEBHOOK_SECRET_KEY/);
    assert.equal(check?.section, "webhooks");
    // Nothing of ours is broken: health goes by what works.
    assert.deepEqual((await health(stack)).slice(0, 2), [200, "ok"]);
    assert.equal(await deliver(stack, stack.secrets.paddleWebhookSecret), 200);
  }],
  ["a key of Resend's that was revoked", async (stack) => {
    const options = {
      port: stack.settings.ports.inbox,
      storePath: join(stack.settings.stateDir, "drill.jsonl"),
    };
    await stack.inbox.stop();
    const other = await startInbox({ ...options, apiKey: "re_of_somebody_else" });
    try {
      const told = await doctor(stack);
      assert.deepEqual(told.failed, { resend: "resend_key", health: "health_degraded" });
      const [status, says, text] = await health(stack);
      assert.deepEqual([status, says], [503, "degraded"]);
      assert.match(text, /does not know our key/);
    } finally {
      await other.stop();
      const again = await startInbox({ ...options, apiKey: stack.secrets.resendApiKey });
      stack.inbox.stop = () => again.stop();
    }
  }],
  ["a bucket that is missing", async (stack) => {
    // Demo data has files in the others.
    await stack.sql`delete from storage.buckets where id = 'audit-heads'`;
    try {
      const told = await doctor(stack);
      assert.deepEqual(told.failed, { storage: "bucket_missing", health: "health_degraded" });
      assert.equal(told.checks.find(({ id }) => id === "storage")?.detail, "audit-heads");
      const [status, says] = await health(stack);
      assert.deepEqual([status, says], [503, "degraded"]);
    } finally {
      await seedBuckets(stack.sql, (await readSupabaseConfig()).storage.buckets);
    }
  }],
  ["a database that is read-only", async (stack) => {
    await stack.sql.unsafe("alter system set default_transaction_read_only = on");
    await stack.sql`select pg_reload_conf()`;
    try {
      await new Promise((done) => setTimeout(done, 500));
      const told = await doctor(stack);
      // Storage notes down what it is given, too.
      assert.deepEqual(told.failed, {
        writes: "database_read_only",
        storage: "storage_away",
        health: "health_degraded",
      });
      const [status, says, text] = await health(stack);
      assert.deepEqual([status, says], [503, "down"]);
      assert.match(text, /is read-only/);
    } finally {
      await stack.sql.unsafe("alter system reset default_transaction_read_only");
      await stack.sql`select pg_reload_conf()`;
    }
  }],
  ["a disk that is full", async (stack) => {
    await stack.sql.unsafe(`
      create function private.drill_disk_full() returns trigger language plpgsql as $$
      begin
        raise exception 'could not extend file "base/5/16384": No space left on device'
          using errcode = 'disk_full';
      end $$;
      create trigger drill before update on private.write_probe
      for each row execute function private.drill_disk_full()`);
    try {
      const told = await doctor(stack);
      assert.deepEqual(told.failed, { writes: "disk_full", health: "health_degraded" });
      const [status, says, text] = await health(stack);
      assert.deepEqual([status, says], [503, "down"]);
      assert.match(text, /no room left on its disk/);
      assert.doesNotMatch(text, /16384/);
    } finally {
      await stack.sql.unsafe("drop function private.drill_disk_full() cascade");
    }
  }],
  ["a clock that is wrong", async (stack, door) => {
    const env = readFunctionsEnv(stack.env);
    const db = connectDatabase(env.databaseUrl, { poolSize: 2 });
    const clock = { ...systemClock, now: () => Date.now() + 600_000 };
    const deps = { env, db, clock, log: silentLogger };
    const webhook = createWebhook(deps);
    const functions = createHealth(deps);
    door.instead = (path) => functions.request(path);
    try {
      const late = await deliver(
        stack,
        stack.secrets.paddleWebhookSecret,
        async (request) => await webhook.fetch(new Request("http://drill/paddle-webhook", request)),
      );
      assert.equal(late, 401);
      const told = await doctor(stack);
      assert.deepEqual(told.failed, {
        clock: "clock_skew",
        "webhook-signatures": "signatures_outdated",
      });
    } finally {
      door.instead = null;
      await db.end();
    }
    assert.equal(await deliver(stack, stack.secrets.paddleWebhookSecret), 200);
  }],
  ["jobs that are not called any more", async (stack) => {
    const { sql, secrets, env } = stack;
    await seedSchedule(sql, secrets, `${env["SUPABASE_URL"]}/functions/v1`);
    // Expected more often than a job may be, or the drill would wait for two minutes since the start
    // of the server.
    await sql`alter table public.cron_jobs drop constraint cron_jobs_every_check`;
    await sql`update public.cron_jobs set is_watched = true, every = interval '10 seconds',
      created_at = now() - interval '1 day' where job = 'mails'`;
    await callMails(stack);
    await allGreen(stack);

    await sql`update cron.job set active = false where jobname = 'mails'`;
    await sql`update public.cron_runs set started_at = started_at - interval '10 minutes',
      finished_at = finished_at - interval '10 minutes' where job = 'mails'`;
    await afterHealth();
    const told = await doctor(stack);
    assert.deepEqual(told.failed, {
      schedule: "jobs_inactive",
      "job-mails": "job_late",
      health: "health_degraded",
    });
    const [status, says, text] = await health(stack);
    assert.deepEqual([status, says], [503, "degraded"]);
    assert.match(text, /jobs that do not succeed: mails/);

    await sql`delete from vault.secrets where name = 'cron_secret'`;
    await sql`update cron.job set active = true where jobname = 'mails'`;
    assert.equal((await doctor(stack)).failed["schedule"], "vault_empty");
    await seedSchedule(sql, secrets, `${env["SUPABASE_URL"]}/functions/v1`);
    await sql`update public.cron_jobs set every = interval '1 minute' where job = 'mails'`;
    await callMails(stack);
  }],
];

/** Has the job done, as pg_cron would, and waits until it was. */
async function callMails({ sql }: Stack): Promise<void> {
  const [before] = await sql`select now() as at`;
  await sql`select private.call_cron('mails')`;
  for (let tries = 0; tries < 100; tries++) {
    const [done] = await sql`
      select from public.cron_runs
      where job = 'mails' and result = 'ok' and finished_at > ${before?.["at"]}`;
    if (done !== undefined) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error("the job mails was not done");
}

Deno.test({
  name: "the doctor names what is wrong, health says so, and after the mend all is green",
  ignore: Deno.env.get("TEST_DATABASE_URL") === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await withScratchStack({ demo: true, site: "none", say: () => {} }, async (stack) => {
      const door = openDoorway(stack);
      try {
        await t.step("all is green before anything is broken", () => allGreen(stack));
        await t.step("the page makes the same checks, but for its own health", async () => {
          const { checks } = await doctor(stack);
          assert.deepEqual([...await checksOfThePage(stack), "health"], checks.map(({ id }) => id));
        });
        for (const [name, drill] of DRILLS) {
          await t.step(name, async () => {
            await drill(stack, door);
            await afterHealth();
            await allGreen(stack);
            await afterHealth();
          });
        }
      } finally {
        await door.close();
      }
    });
  },
});
