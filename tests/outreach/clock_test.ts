import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { seedSchedule } from "../../local/database.ts";
import { withScratchStack } from "../../local/scratch.ts";
import type { Stack } from "../../local/stack.ts";
import { makeDueMembers } from "./due_members.ts";
import { arrivedMail } from "./outreach.ts";

/** Calls of pg_cron's after which a mail that is not there will not come. */
const MOST_CALLS = 3;
/** Ends a test whose pg_cron does not call at all. */
const GIVE_UP_MILLISECONDS = 300_000;
const PAUSE_MILLISECONDS = 200;

Deno.test("pg_cron calls the job by the minute, and the mail arrives", async () => {
  await withScratchStack({ demo: false, site: "none", say: () => {} }, async (stack) => {
    const { sql, secrets, env, inbox } = stack;
    const [memberId] = await makeDueMembers(sql, { count: 1, startedDaysAgo: 8 });
    await onlyJobByTheMinute(sql, "engagement");
    await seedSchedule(sql, secrets, `${env["SUPABASE_URL"]}/functions/v1`);
    const [before] = await freshness(sql);
    assert.deepEqual(before, { job: "engagement", hasSucceeded: false, late: false });

    await firstMail(stack);
    const [mail, ...others] = inbox.messages.inOrder().map(arrivedMail);
    assert.deepEqual(others, []);
    assert.deepEqual([mail?.to, mail?.template], [`${memberId}@outreach.test`, "onboarding_day_7"]);

    const reply = await replyOf(stack);
    assert.equal(reply.status, 200);
    assert.deepEqual(JSON.parse(reply.content), {
      job: "engagement",
      counts: { enqueued: 1, sent: 1, skipped: 0, failed: 0, deferred: 0 },
    });
    const runs = await sql`select job, result from public.cron_runs`;
    assert.deepEqual(runs.map((run) => ({ ...run })), [{ job: "engagement", result: "ok" }]);
    const [after] = await freshness(sql);
    assert.deepEqual(after, { job: "engagement", hasSucceeded: true, late: false });
    await assertSecretIsInVaultOnly(sql, secrets.cronSecret);
  });
});

/** Sets a job to every minute and puts all others to rest. */
async function onlyJobByTheMinute(sql: Sql, job: string): Promise<void> {
  await sql`
    select cron.alter_job(jobid, schedule := '* * * * *', active := jobname = ${job})
    from cron.job`;
}

/** Resolves when a mail is there. Other jobs may have been called before they were put to rest. */
async function firstMail({ sql, inbox }: Stack): Promise<void> {
  const end = Date.now() + GIVE_UP_MILLISECONDS;
  while (inbox.messages.inOrder().length === 0) {
    const calls = await sql`
      select status, return_message
      from cron.job_run_details join cron.job using (jobid)
      where active and status in ('succeeded', 'failed')`;
    assert.ok(calls.length < MOST_CALLS, JSON.stringify(calls));
    assert.ok(Date.now() < end, "pg_cron does not call");
    await new Promise((done) => setTimeout(done, PAUSE_MILLISECONDS));
  }
}

/** What pg_net's stand-in kept of the function's answer; it is written after the mail was sent. */
async function replyOf({ sql }: Stack): Promise<{ status: number; content: string }> {
  for (;;) {
    const [reply] = await sql<{ status: number; content: string }[]>`
      select status_code as status, content from net._http_response order by id limit 1`;
    if (reply !== undefined) return reply;
    await new Promise((done) => setTimeout(done, PAUSE_MILLISECONDS));
  }
}

async function freshness(sql: Sql) {
  return await sql<{ job: string; hasSucceeded: boolean; late: boolean }[]>`
    select job, last_success_at is not null as "hasSucceeded", late
    from private.cron_freshness() where job = 'engagement'`
    .then((rows) => rows.map((row) => ({ ...row })));
}

async function assertSecretIsInVaultOnly(sql: Sql, secret: string): Promise<void> {
  const [found] = await sql`
    select
      (select count(*) from cron.job where position(${secret} in command) > 0)::int as jobs,
      (select count(*) from cron.job_run_details
       where position(${secret} in concat(command, return_message)) > 0)::int as details,
      (select count(*) from net.http_request_queue)::int as queued`;
  assert.deepEqual({ ...found }, { jobs: 0, details: 0, queued: 0 });
}
