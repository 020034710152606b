import assert from "node:assert/strict";
import { join } from "node:path";
import type { Sql } from "postgres";
import { freePorts } from "../../local/ports.ts";
import { ROOT } from "../../local/settings.ts";
import { type FunctionProcess, serveProcess } from "../storm/function_process.ts";
import { type StormDatabase, withStormDatabase } from "../storm/storm_database.ts";
import { makeDueMembers } from "./due_members.ts";
import { type Moment, openFailingInbox } from "./failing_inbox.ts";
import { arrivedMail, JOBS, MINUTE, openInbox, outreachEnv } from "./outreach.ts";

const PROCESSES = 2;
/** Calls during which the process that makes them dies. */
const DEATHS = new Map<number, Moment>([
  [3, "taken"],
  [7, "called"],
  [12, "answered"],
  [16, "taken"],
  [21, "taken"],
]);

Deno.test(
  "2,000 mails while a third of calls fails and the function dies five times: each arrives once",
  async () => {
    await withStormDatabase(async (database) => {
      const { sql } = database;
      const expected = await enqueueWork(sql);
      assert.equal(expected.length, 2_000);
      const inbox = await openInbox(database, Date.now);
      const processes: FunctionProcess[] = [];
      let deaths = 0;
      let restarted = Promise.resolve();
      const front = openFailingInbox({
        inbox,
        callers: PROCESSES,
        deaths: DEATHS,
        kill: (caller) => {
          deaths++;
          return restarted = restarted.then(() => processes[caller]?.killAndRestart());
        },
      });
      try {
        const { gateway, site } = freePorts();
        for (const [index, port] of [gateway, site].entries()) {
          processes.push(await serveCron(port, front.urls[index] ?? "", database));
        }

        const secret = database.env["CRON_SECRET"] ?? "";
        let ticks = 0;
        for (; await work(sql) > 0; ticks++) {
          assert.ok(ticks < 6 * 60, `after six hours of the clock: ${await open(sql)}`);
          await Promise.all(processes.map((process) => tick(process, secret, ticks * MINUTE)));
          await restarted;
        }

        const arrived = inbox.messages.inOrder().map(arrivedMail);
        assert.deepEqual(arrived.map(({ to, template }) => `${to} ${template}`).sort(), expected);
        await assertLedgerAgrees(sql, inbox.messages.inOrder());
        assert.deepEqual([...front.changed], []);
        assert.equal(deaths, DEATHS.size);
        for (const kind of ["500", "429", "hang_after_accept", "500_after_accept"]) {
          assert.ok((front.struck[kind] ?? 0) > 0, kind);
        }
      } finally {
        // What hangs is let go first.
        await inbox.stop();
        await front.close();
      }
    });
  },
);

/** Makes the members; what they are to get, by address and template. */
async function enqueueWork(sql: Sql): Promise<string[]> {
  const weekOld = await makeDueMembers(sql, { count: 1_000, startedDaysAgo: 8 });
  const older = await makeDueMembers(sql, { count: 300, startedDaysAgo: 50 });
  const owing = await makeDueMembers(sql, { count: 400, startedDaysAgo: 400, pastDueDaysAgo: 8 });
  return [
    ...weekOld.map((id) => `${id}@outreach.test onboarding_day_7`),
    ...older.map((id) => `${id}@outreach.test retention_day_30`),
    ...older.map((id) => `${id}@outreach.test nps_v1`),
    ...owing.map((id) => `${id}@outreach.test dunning_day_7`),
  ].sort();
}

function serveCron(
  port: number,
  inboxUrl: string,
  database: StormDatabase,
): Promise<FunctionProcess> {
  const env = { ...outreachEnv(database), "RESEND_BASE_URL": inboxUrl };
  const script = join(ROOT, "tests", "outreach", "serve_cron.ts");
  return serveProcess({ script, path: "/cron", port }, { ...database, env });
}

/** A minute of pg_cron's: every job is called; a call into a dying process is lost. */
async function tick({ url }: FunctionProcess, secret: string, ahead: number): Promise<void> {
  await Promise.all(JOBS.map(async (job) => {
    const headers = { authorization: `Bearer ${secret}`, "x-clock-ahead": String(ahead) };
    const response = await fetch(`${url}/${job}`, { headers }).catch(() => null);
    const body = await response?.json().catch(() => null);
    if (response !== null && body !== null) {
      assert.equal(response.status, 200, JSON.stringify(body));
    }
  }));
}

/** Memberships not looked at and mails not done with. */
async function work(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select (select count(*) from public.subscriptions
            where lifecycle_due_at <= now() or dunning_due_at <= now())::int
         + (select count(*) from public.engagement_email_sends where status = 'pending')::int
      as n`;
  return row?.n ?? 0;
}

async function open(sql: Sql): Promise<string> {
  return JSON.stringify(
    await sql`
      select template_key, split_part(error, ':', 1) as error, count(*)::int
      from public.engagement_email_sends where status = 'pending' group by 1, 2`,
  );
}

/** Each mail of the ledger is the one in the inbox that has its id, and told of in the audit once. */
async function assertLedgerAgrees(
  sql: Sql,
  messages: readonly Parameters<typeof arrivedMail>[0][],
): Promise<void> {
  const ledger = await sql<{ id: string; status: string; messageId: string; email: string }[]>`
    select mail.id, status, provider_message_id as "messageId", email
    from public.engagement_email_sends as mail
    join public.profiles as person on person.id = mail.user_id`;
  const inLedger = ledger.map(({ id, status, messageId, email }) =>
    `${id} ${status} ${messageId} ${email}`
  );
  const inInbox = messages.map(({ id, to, tags }) => {
    const send = tags.find(({ name }) => name === "send")?.value;
    return `${send} sent ${id} ${to.join()}`;
  });
  assert.deepEqual(inLedger.sort(), inInbox.sort());
  const [audit] = await sql`
    select count(*)::int as rows, count(distinct entity_id)::int as mails
    from public.audit_log where action like 'email.%'`;
  assert.deepEqual({ ...audit }, { rows: ledger.length, mails: ledger.length });
  const [batches] = await sql`
    select count(*)::int as open from public.mail_batches where state = 'open'`;
  assert.equal(batches?.["open"], 0);
}
