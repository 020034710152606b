/**
 * What several do at the same moment and may be done once: an answer to a survey, a turn to call
 * Resend, the thanks for a payment.
 */
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { stackValue } from "../support/stack_env.ts";

const AT_ONCE = 10;

function testAtOnce(name: string, run: (sql: Sql) => Promise<void>): void {
  Deno.test(name, async () => {
    const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: AT_ONCE, onnotice: () => {} });
    try {
      // Connections that are open already begin at the same moment.
      await atOnce((_) => sql`select pg_sleep(0.05)`);
      await run(sql);
    } finally {
      await sql.end();
    }
  });
}

const atOnce = <T>(act: (turn: number) => PromiseLike<T>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, turn) => act(turn)));

async function signUp(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values (gen_random_uuid(), 'authenticated', 'authenticated',
      ${`${crypto.randomUUID()}@example.test`}, '{"tenant": "ks"}')
    returning id`;
  return row?.id ?? assert.fail();
}

testAtOnce("ten answers to one survey at once are one answer", async (sql) => {
  const member = await signUp(sql);
  const hash = crypto.randomUUID().replaceAll("-", "").repeat(2);
  const [send] = await sql<{ id: string }[]>`
    insert into public.engagement_email_sends
      (tenant_id, user_id, template_key, dedupe_key, next_attempt_at)
    values ('ks', ${member}, 'nps_v1', ${`nps:${hash}`}, null)
    returning id`;
  await sql`
    insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
    values ('ks', ${member}, ${send?.id ?? ""}, ${hash}, now() + interval '1 day')`;
  const answers = await atOnce((score) =>
    sql<{ state: string }[]>`select state from private.answer_nps(${hash}, ${score}, null)`
  );
  const states = answers.map(([answer]) => answer?.state);
  assert.equal(states.filter((state) => state === "thanks").length, 1);
  assert.equal(states.filter((state) => state === "answered").length, AT_ONCE - 1);
  const kept = await sql<{ score: number }[]>`
    select score from public.nps_survey_responses where user_id = ${member}`;
  assert.deepEqual(kept.map(({ score }) => score), [states.indexOf("thanks")]);
});

testAtOnce("ten processes that call Resend at once take turns", async (sql) => {
  await sql`delete from private.mail_pace where true`;
  const began = performance.now();
  const waits = await atOnce((_) =>
    sql<{ wait: number }[]>`select private.take_mail_slot(2) as wait`
  );
  const passed = performance.now() - began;
  const turns = waits.map(([taken]) => taken?.wait ?? assert.fail()).sort((a, b) => a - b);
  await sql`delete from private.mail_pace where true`;
  assert.equal(turns[0], 0);
  // Half a second apart, give or take when each of them asked.
  for (const [turn, wait] of turns.entries()) {
    assert.ok(Math.abs(wait - turn * 500) <= passed + 1, `turn ${turn}: ${wait} ms`);
  }
});

testAtOnce("a payment that ten deliveries tell of at once is thanked for once", async (sql) => {
  const member = await signUp(sql);
  const id = crypto.randomUUID();
  await sql`
    insert into public.subscriptions
      (id, tenant_id, user_id, provider_subscription_id, status, past_due_at)
    values (${id}, 'ks', ${member}, ${`sub_${id}`}, 'past_due', '2026-05-01')`;
  await sql`
    insert into public.engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, status, sent_at)
    values ('ks', ${member}, ${id}, 'dunning_day_0',
      ${`dunning:${id}:2026-05-01T00:00:00.000000Z:day_0`}, 'sent', now())`;
  await atOnce((_) =>
    sql`
    update public.subscriptions
    set status = 'active', past_due_at = null, last_event_at = '2026-05-02'
    where id = ${id}`
  );
  const mails = await sql<{ dedupeKey: string }[]>`
    select dedupe_key as "dedupeKey" from public.engagement_email_sends
    where user_id = ${member} and template_key = 'dunning_recovered'`;
  assert.deepEqual(mails.map(({ dedupeKey }) => dedupeKey), [
    `dunning:${id}:2026-05-01T00:00:00.000000Z:recovered`,
  ]);
  // It is long too late by now; nobody else's run is to look at it.
  await sql`
    update public.engagement_email_sends set status = 'skipped' where dedupe_key = ${
    mails[0]?.dedupeKey ?? ""
  }`;
});
