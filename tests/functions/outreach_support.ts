/** Members with memberships, an inbox that stands for Resend, and the jobs over both. */
import assert from "node:assert/strict";
import type postgres from "postgres";
import { type Clock, type FixedClock, fixedClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { type RunningInbox, startInbox } from "../../local/inbox/server.ts";
import { createApp } from "../../supabase/functions/cron/app.ts";
import { CRON_SECRET, type Person, testEnv, testWithDatabase, type World } from "./support.ts";

/** The day on which the story of a test begins; later than any real clock at the database. */
export const DAY_0 = Date.parse("2031-01-01T12:00:00Z");
const DAY = 86_400_000;

/** What a run answered. */
export type Counts = Record<string, number>;

/** A world with mails in it. */
export interface MailWorld extends World {
  readonly inbox: RunningInbox;
  readonly clock: FixedClock;
  /** Sets the clock to a day of the story. */
  day(number: number): void;
  /** Runs a job as pg_cron does, and gives back its counts. */
  run(job: string, clock?: Clock, env?: Record<string, string>): Promise<Counts>;
  /** Makes a member whose membership began on day 0 of the story. */
  membership(over?: Partial<MembershipRow>): Promise<Membership>;
  /** Subjects and templates of the mails that a person got, in order. */
  mailsTo(person: Person): string[];
  /** The ledger's rows of a person, in order. */
  ledger(person: Person): Promise<postgres.RowList<postgres.Row[]>>;
}

/** A person with a membership. */
export interface Membership extends Person {
  readonly subscriptionId: string;
}

/** What a test may say about a membership. */
export interface MembershipRow {
  readonly status: string;
  readonly startedAt: number | null;
  readonly pastDueAt: number | null;
  readonly tenantId: string;
}

/**
 * Runs a test with an inbox of its own, which no pace slows down.
 *
 * @param name What is shown.
 * @param work The test.
 */
export function testMails(name: string, work: (world: MailWorld) => Promise<void>): void {
  testWithDatabase(name, async (world) => {
    const { db, sql } = world;
    const inbox = await startInbox({ apiKey: "re_test", port: 0, requestsPerSecond: 0 });
    const clock = fixedClock(DAY_0);
    // Another test's mails, and its pauses, are no part of this story.
    await clear(sql);
    try {
      await work({
        ...world,
        inbox,
        clock,
        day: (number) => clock.advance(DAY_0 + number * DAY - clock.now()),
        async run(job, ticking = clock, env = {}) {
          let why: unknown;
          const log = { ...silentLogger, error: (_: string, facts: unknown) => why = facts };
          const app = createApp({
            env: testEnv({ RESEND_BASE_URL: inbox.url, RESEND_MAX_RPS: "1000", ...env }),
            db,
            clock: ticking,
            log,
          });
          const response = await app.request(`/cron/${job}`, {
            headers: { authorization: `Bearer ${CRON_SECRET}` },
          });
          const body = await response.json();
          assert.equal(response.status, 200, Deno.inspect(why ?? body));
          return body.counts;
        },
        membership: (over) => makeMembership(world, over),
        mailsTo: (person) =>
          inbox.messages.inOrder().filter(({ to }) => to.includes(person.email))
            .map(({ tags }) =>
              tags.find(({ name }) => name === "template")?.value ?? "no template"
            ),
        ledger: (person) =>
          sql`select * from engagement_email_sends where user_id = ${person.id}
              order by created_at, template_key`,
      });
    } finally {
      await inbox.stop();
      await clear(sql);
    }
  });
}

async function clear(sql: postgres.Sql): Promise<void> {
  await sql`delete from private.mail_pace`;
  await sql`update engagement_email_sends set status = 'skipped', error = 'left over',
    next_attempt_at = null where status = 'pending'`;
  await sql`update mail_batches set state = 'failed' where state = 'open'`;
  await sql`update subscriptions set lifecycle_due_at = null, dunning_due_at = null
    where lifecycle_due_at is not null or dunning_due_at is not null`;
}

async function makeMembership(
  { sql, member }: World,
  over: Partial<MembershipRow> = {},
): Promise<Membership> {
  const { status = "active", startedAt = DAY_0, pastDueAt = null, tenantId = "ks" } = over;
  const person = await member(tenantId);
  const time = (at: number | null) => at === null ? null : new Date(at);
  const [row] = await sql<{ id: string }[]>`
    insert into subscriptions (tenant_id, user_id, plan_id, provider_subscription_id, status,
      started_at, current_period_start, current_period_end, past_due_at, grace_period_ends_at)
    select ${tenantId}, ${person.id}, plan.id, ${`sub_${crypto.randomUUID()}`}, ${status},
      ${time(startedAt)}, ${new Date(DAY_0)}, ${new Date(DAY_0 + 365 * DAY)}, ${time(pastDueAt)},
      ${time(pastDueAt === null ? null : pastDueAt + 14 * DAY)}
    from membership_plans as plan
    where plan.tenant_id = ${tenantId} and plan.tier = 'standard'
    returning id`;
  // The welcome is not what most stories are about.
  await sql`update engagement_email_sends set status = 'skipped', next_attempt_at = null
    where user_id = ${person.id}`;
  return { ...person, subscriptionId: row?.id ?? "" };
}
