import assert from "node:assert/strict";
import { connectDatabase } from "@core/platform/database.ts";
import { instantAt } from "@core/platform/instant.ts";
import { connectMailer, type Mailer } from "@core/platform/mailer.ts";
import { takeBatch } from "@core/outreach/batch_store.ts";
import { enqueueLifecycle } from "@core/outreach/enqueue_lifecycle.ts";
import { sendDeps } from "@core/outreach/jobs.ts";
import { hashToken } from "@core/outreach/mail_links.ts";
import { sendDue } from "@core/outreach/send_due.ts";
import { markSent, putBack, repeatLater } from "@core/outreach/settle_store.ts";
import { DAY_0, type MailWorld, testMails } from "./outreach_support.ts";
import { testEnv } from "./support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALL = ["dunning", "engagement", "nps", "transactional"] as const;

/** Sends what is due through a mailer of the test's own. */
function sending(world: MailWorld, mailer?: Mailer) {
  const env = testEnv({ RESEND_BASE_URL: world.inbox.url, RESEND_MAX_RPS: "1000" });
  const deps = sendDeps({ env, db: world.db, clock: world.clock });
  return {
    deps,
    send: () =>
      sendDue({ ...deps, ...(mailer === undefined ? {} : { mailer }) }, {
        kinds: ALL,
        budget: 45_000,
      }),
  };
}

/** The only mail of a person that is not the welcome. */
async function onlyMail(world: MailWorld, person: Parameters<MailWorld["ledger"]>[0]) {
  const rows = (await world.ledger(person)).filter((row) => row["template_key"] !== "welcome");
  assert.equal(rows.length, 1);
  return rows[0] ?? {};
}

testMails("each job run four times at once, and again, sends nothing twice", async (world) => {
  const { day, run, membership, mailsTo, sql } = world;
  const members = await Promise.all(Array.from({ length: 30 }, () => membership()));
  const owing = await Promise.all(
    Array.from(
      { length: 30 },
      () => membership({ status: "past_due", pastDueAt: Date.parse("2031-01-30T12:00:00Z") }),
    ),
  );
  for (const today of [45, 45, 46]) {
    day(today);
    const jobs = ["dunning", "engagement", "nps", "mails"].flatMap((job) => Array(4).fill(job));
    await Promise.all(jobs.map((job) => run(job)));
  }
  for (const person of members) {
    assert.deepEqual(mailsTo(person).toSorted(), ["nps_v1", "retention_day_30"]);
  }
  for (const person of owing) assert.deepEqual(mailsTo(person), ["dunning_suspended"]);
  const [audits] = await sql`
    select count(*)::int as n from audit_log
    where action = 'subscription.grace_expired'
      and entity_id = any (${owing.map((one) => one.subscriptionId)})`;
  assert.equal(audits?.["n"], 30);
  const ids = world.inbox.messages.inOrder().map(({ id }) => id);
  const stored = await sql`select provider_message_id as id from engagement_email_sends
    where provider_message_id = any (${ids})`;
  assert.equal(stored.length, ids.length, "the ledger has Resend's id of every mail");
});

testMails("a run ends when its time is over, and the next one goes on", async (world) => {
  const { sql, clock, day, membership } = world;
  const { id, subscriptionId } = await membership({ startedAt: DAY_0 - 400 * DAY });
  day(1);
  await sql`
    insert into engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, next_attempt_at)
    select 'ks', ${id}, ${subscriptionId}, 'welcome', 'budget:' || ${id} || ':' || number, '-infinity'
    from generate_series(1, 450) as number`;
  const slow: Mailer = {
    sendBatch(mails) {
      clock.advance(20_000);
      return Promise.resolve({ kind: "accepted", ids: mails.map(() => crypto.randomUUID()) });
    },
  };
  const { send } = sending(world, slow);
  assert.equal((await send()).sent, 300, "a call begun after 40 of 45 seconds is the last one");
  assert.equal((await send()).sent, 150);
  assert.equal((await send()).sent, 0);
});

testMails("an answer that is lost after acceptance leads to no second mail", async (world) => {
  const { day, run, membership, mailsTo, inbox, clock } = world;
  const arta = await membership();
  day(7);
  inbox.faults.add({ kind: "500_after_accept", count: 1 });
  assert.deepEqual(await run("engagement"), {
    enqueued: 1,
    sent: 0,
    skipped: 0,
    failed: 0,
    deferred: 1,
  });
  const waiting = await onlyMail(world, arta);
  assert.equal(waiting["status"], "pending");
  assert.equal(waiting["error"], "provider_unavailable: internal_server_error");
  clock.advance(MINUTE - 1);
  assert.equal((await run("mails"))["sent"], 0, "not before its pause is over");
  clock.advance(1);
  assert.equal((await run("mails"))["sent"], 1);
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
  const sent = await onlyMail(world, arta);
  assert.deepEqual([sent["status"], sent["attempts"], sent["error"]], ["sent", 2, null]);
  assert.equal(sent["provider_message_id"], inbox.messages.inOrder()[0]?.id);
});

testMails("a call that hangs after acceptance leads to no second mail", async (world) => {
  const { db, day, membership, mailsTo, inbox, clock } = world;
  const arta = await membership();
  day(7);
  await enqueueLifecycle(db, { clock, budget: 1_000 });
  const impatient = connectMailer({ apiKey: "re_test", baseUrl: inbox.url }, { timeout: 100 });
  const { send } = sending(world, impatient);
  inbox.faults.add({ kind: "hang_after_accept", count: 1 });
  assert.equal((await send()).deferred, 1);
  clock.advance(MINUTE);
  assert.equal((await send()).sent, 1);
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
});

testMails("after three calls without an answer a run leaves Resend alone", async (world) => {
  const { db, day, membership, clock, sql } = world;
  const members = await Promise.all(Array.from({ length: 5 }, () => membership()));
  day(7);
  await enqueueLifecycle(db, { clock, budget: 1_000 });
  let calls = 0;
  const silent: Mailer = {
    sendBatch() {
      calls++;
      return Promise.resolve({ kind: "unknown", code: "no_answer" });
    },
  };
  const { deps, send } = sending(world, silent);
  const at = instantAt(clock.now());
  await db.asService("service_cron", (tx) => takeBatch(tx, deps, ["onboarding_day_7"], at));
  // A batch for each, as refusals leave them.
  for (const { id } of members) {
    const batchId = crypto.randomUUID();
    await sql`insert into mail_batches (id, next_attempt_at)
      values (${batchId}, ${new Date(clock.now())})`;
    await sql`update engagement_email_sends set batch_id = ${batchId}, batch_position = 0
      where user_id = ${id} and status = 'pending'`;
  }
  assert.equal((await send()).deferred, 3);
  assert.equal(calls, 3);
});

testMails("a quota that is used up makes everyone wait, and loses nothing", async (world) => {
  const { day, run, membership, mailsTo, inbox, sql } = world;
  const arta = await membership();
  day(7);
  inbox.faults.add({ kind: "quota", count: 1 });
  assert.equal((await run("engagement"))["deferred"], 1);
  const waiting = await onlyMail(world, arta);
  assert.deepEqual([waiting["status"], waiting["batch_id"]], ["pending", null]);
  assert.equal(waiting["error"], "provider_limit: daily_quota_exceeded");
  assert.deepEqual(await run("mails"), { sent: 0, skipped: 0, failed: 0, deferred: 0 });
  const [pace] = await sql`
    select extract(epoch from held_until - clock_timestamp())::int as seconds
    from private.mail_pace`;
  assert.ok(pace?.["seconds"] > 3_500 && pace?.["seconds"] <= 3_600);
  await sql`delete from private.mail_pace`;
  assert.equal((await run("mails"))["sent"], 1);
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
});

testMails("a refused key costs no mail: they wait until an operator mends it", async (world) => {
  const { day, run, membership, mailsTo, sql } = world;
  const arta = await membership();
  day(7);
  await run("engagement", undefined, { RESEND_API_KEY: "re_revoked" });
  const waiting = await onlyMail(world, arta);
  assert.equal(waiting["status"], "pending");
  assert.match(waiting["error"], /^misconfigured: invalid_api_key/);
  // Not one call more until the pause is over.
  assert.equal((await run("mails"))["sent"], 0);
  await sql`delete from private.mail_pace`;
  await run("mails");
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
});

testMails("one bad address among many is found, skipped and marked", async (world) => {
  const { day, run, membership, mailsTo, ledger, sql } = world;
  const members = await Promise.all(Array.from({ length: 9 }, () => membership()));
  const bad = members[4];
  assert.ok(bad);
  await sql`update profiles set email = 'arta at example' where id = ${bad.id}`;
  day(30);
  const counts = await run("engagement");
  assert.deepEqual([counts["sent"], counts["skipped"], counts["failed"]], [8, 1, 0]);
  for (const person of members) {
    assert.deepEqual(mailsTo(person), person === bad ? [] : ["retention_day_30"]);
  }
  const mail = await onlyMail(world, bad);
  assert.equal(mail["status"], "skipped");
  assert.match(mail["error"], /^address_refused: validation_error: .*`to`/);
  const [person] = await sql`select email_undeliverable_at, email_undeliverable_reason
    from profiles where id = ${bad.id}`;
  assert.ok(person?.["email_undeliverable_at"]);
  day(60);
  await run("engagement");
  const later = (await ledger(bad)).find((row) => row["template_key"] === "retention_day_60");
  assert.deepEqual([later?.["status"], later?.["error"]], ["skipped", "address_undeliverable"]);
  // Another address is another chance.
  await sql`update profiles set email = ${bad.email} where id = ${bad.id}`;
  day(90);
  await run("engagement");
  assert.deepEqual(mailsTo(bad), ["retention_day_90"]);
});

testMails("a mail that Resend refuses for another reason ends as an error", async (world) => {
  const { day, run, membership, sql } = world;
  const arta = await membership();
  day(7);
  await run("nps");
  const refusing: Mailer = {
    sendBatch: () =>
      Promise.resolve({
        kind: "refused",
        code: "validation_error",
        message: "No.",
        isAddress: false,
      }),
  };
  assert.equal((await sending(world, refusing).send()).failed, 1);
  const mail = await onlyMail(world, arta);
  assert.deepEqual([mail["status"], mail["error"], mail["may_have_arrived"]], [
    "error",
    "refused: validation_error: No.",
    false,
  ]);
  const [audit] = await sql`select action, metadata from audit_log where entity_id = ${mail["id"]}`;
  assert.equal(audit?.["action"], "email.engagement.failed");
});

testMails("a process that dies before the call leaves its mails to the next", async (world) => {
  const { db, day, run, membership, mailsTo, clock } = world;
  const arta = await membership();
  day(7);
  await run("nps");
  const { deps } = sending(world);
  const take = () =>
    db.asService(
      "service_cron",
      (tx) => takeBatch(tx, deps, ["onboarding_day_7"], instantAt(clock.now())),
    );
  const { batch } = await take();
  assert.equal(batch?.mails.length, 1);
  assert.equal((await take()).batch, null, "nobody takes it while it is leased");
  assert.equal((await run("mails"))["sent"], 0);
  clock.advance(MINUTE);
  assert.equal((await run("mails"))["sent"], 1);
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
});

testMails("a process that dies after the call leaves no second mail behind", async (world) => {
  const { day, run, membership, mailsTo, clock, inbox } = world;
  const members = await Promise.all(Array.from({ length: 3 }, () => membership()));
  day(45);
  const real = connectMailer({ apiKey: "re_test", baseUrl: inbox.url });
  const dying: Mailer = {
    async sendBatch(mails, key) {
      await real.sendBatch(mails, key);
      throw new Error("killed");
    },
  };
  const { send } = sending(world, dying);
  await enqueueLifecycle(world.db, { clock, budget: 1_000 });
  await assert.rejects(send(), /killed/);
  clock.advance(MINUTE);
  await run("mails");
  for (const person of members) {
    assert.deepEqual(mailsTo(person).toSorted(), ["nps_v1", "retention_day_30"]);
  }
});

testMails(
  "of two at one batch, only the later may give it up; that it was sent counts always",
  async (world) => {
    const { db, day, run, membership, clock } = world;
    const arta = await membership();
    day(7);
    await run("nps");
    const { deps } = sending(world);
    const at = () => instantAt(clock.now());
    const take = () =>
      db.asService("service_cron", (tx) => takeBatch(tx, deps, ["onboarding_day_7"], at()));
    const first = (await take()).batch;
    clock.advance(MINUTE);
    const second = (await take()).batch;
    assert.ok(first && second);
    assert.deepEqual(first.mails, second.mails, "the same mails to the byte");
    assert.deepEqual([first.id === second.id, first.attempts, second.attempts], [true, 1, 2]);
    // The first was asleep; its news is old, whatever it is.
    await db.asService("service_cron", (tx) => putBack(tx, first, "provider_limit", at()));
    await db.asService("service_cron", (tx) => repeatLater(tx, first, "no_answer", at()));
    assert.equal((await onlyMail(world, arta))["batch_id"], second.id);
    // What surely did not happen now may have happened at the first try: it stays in its batch.
    await db.asService("service_cron", (tx) => putBack(tx, second, "provider_limit", at()));
    assert.equal((await onlyMail(world, arta))["batch_id"], second.id);
    const sent = () =>
      db.asService("service_cron", (tx) => markSent(tx, first, ["msg"], null, at()));
    assert.deepEqual([await sent(), await sent()], [1, 0]);
    assert.equal((await onlyMail(world, arta))["status"], "sent");
  },
);

testMails("after a day without an answer a mail is never sent again", async (world) => {
  const { day, run, membership, mailsTo, inbox, clock, sql } = world;
  const [arta, besa] = [await membership(), await membership()];
  day(7);
  inbox.faults.add({ kind: "500_after_accept" });
  await run("engagement");
  for (let hours = 0; hours < 22; hours++) {
    clock.advance(HOUR);
    await run("mails");
  }
  assert.equal((await onlyMail(world, arta))["status"], "pending");
  // Resend told of one of them in the meantime, by the tag.
  const told = await onlyMail(world, besa);
  await sql`select private.record_mail_event(${`msg_${crypto.randomUUID()}`}, 'email.delivered',
    now(), 'x', ${told["id"]}, ${besa.email}, null, '{}')`;
  clock.advance(HOUR);
  inbox.faults.clear();
  const counts = await run("mails");
  assert.deepEqual([counts["sent"], counts["failed"]], [1, 1]);
  const lost = await onlyMail(world, arta);
  assert.deepEqual([lost["status"], lost["error"], lost["may_have_arrived"]], [
    "error",
    "unknown_outcome: not known whether it arrived",
    true,
  ]);
  const found = await onlyMail(world, besa);
  assert.deepEqual([found["status"], found["error"]], ["sent", "told_later"]);
  clock.advance(48 * HOUR);
  await run("mails");
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"], "it had arrived, once");
});

testMails(
  "a release that words a mail anew between two tries sends no second one",
  async (world) => {
    const { day, run, membership, mailsTo, inbox, clock } = world;
    const arta = await membership();
    day(7);
    inbox.faults.add({ kind: "500_after_accept", count: 1 });
    await run("engagement");
    clock.advance(MINUTE);
    await run("mails", undefined, { RESEND_FROM_EMAIL: "new@example.test" });
    assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
    const mail = await onlyMail(world, arta);
    assert.deepEqual([mail["status"], mail["error"]], ["sent", "accepted_before"]);
  },
);

testMails("a secret that is rotated between two tries changes no link", async (world) => {
  const { day, run, membership, inbox, clock } = world;
  const arta = await membership();
  day(45);
  inbox.faults.add({ kind: "500", count: 1 });
  await run("nps");
  clock.advance(MINUTE);
  const rotated = { CRON_SECRET: "the secret after the rotation,cron secret of the tests" };
  await run("mails", undefined, rotated);
  const survey = inbox.messages.inOrder().find(({ tags }) =>
    tags.some(({ value }) => value === "nps_v1")
  );
  assert.ok(survey);
  const rows = await world.ledger(arta);
  const row = rows.find((one) => one["template_key"] === "nps_v1");
  const token = survey.headers["List-Unsubscribe"]?.match(/token=([\w-]+)/)?.[1] ?? "";
  assert.equal(hashToken(token), row?.["unsubscribe_hash"]);
  assert.doesNotMatch(JSON.stringify(rows), new RegExp(token), "the ledger keeps hashes only");
});

testMails("half of a split batch that cannot be made again is made afresh", async (world) => {
  const { day, run, membership, mailsTo, inbox, clock, sql } = world;
  const arta = await membership();
  day(7);
  inbox.faults.add({ kind: "500", count: 1 });
  await run("engagement");
  const { id, "batch_id": batch } = await onlyMail(world, arta);
  // As a split leaves it, with links of a secret that is no longer there.
  await sql`update engagement_email_sends set batch_id = null, batch_position = null where id = ${id}`;
  await sql`update engagement_email_sends set unsubscribe_hash = ${
    hashToken(crypto.randomUUID())
  } where id = ${id}`;
  await sql`update engagement_email_sends set batch_id = ${batch}, batch_position = 0
    where id = ${id}`;
  await sql`update mail_batches set attempts = 0, first_attempt_at = null where id = ${batch}`;
  clock.advance(MINUTE);
  await run("mails");
  await run("mails");
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
  assert.equal((await onlyMail(world, arta))["status"], "sent");
});

testMails("a batch that cannot be made again says so in each mail", async (world) => {
  const { day, run, membership, mailsTo, inbox, clock, sql } = world;
  const arta = await membership();
  day(7);
  inbox.faults.add({ kind: "500", count: 1 });
  await run("engagement");
  const { id, "batch_id": batch } = await onlyMail(world, arta);
  await sql`update engagement_email_sends set batch_id = null, batch_position = null where id = ${id}`;
  await sql`update engagement_email_sends set unsubscribe_hash = ${
    hashToken(crypto.randomUUID())
  } where id = ${id}`;
  await sql`update engagement_email_sends set batch_id = ${batch}, batch_position = 0
    where id = ${id}`;
  clock.advance(MINUTE);
  await run("mails");
  const mail = await onlyMail(world, arta);
  assert.equal(mail["status"], "pending");
  assert.match(mail["error"], /^cannot_be_rendered: .*secret of its links is gone/);
  assert.deepEqual(mailsTo(arta), [], "Resend may know it, so nothing else is sent");
});

testMails("the pace is shared: runs at once stay below the limit together", async (world) => {
  const { day, run, membership, sql } = world;
  await Promise.all(Array.from({ length: 4 }, () => membership()));
  day(7);
  await run("nps");
  const waits = await Promise.all(
    Array.from({ length: 6 }, () => sql`select private.take_mail_slot(2) as wait`),
  );
  const sorted = waits.map(([row]) => row?.["wait"] as number).toSorted((a, b) => a - b);
  assert.ok((sorted.at(-1) ?? 0) > 2_000, `six turns at two a second: ${sorted}`);
});

Deno.test("sending says that the database is away", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const env = testEnv();
  const clock = { now: () => 0, wait: () => Promise.resolve() };
  const deps = sendDeps({ env, db, clock });
  await assert.rejects(sendDue(deps, { kinds: ALL, budget: 1_000 }), {
    code: "database_unavailable",
  });
  await db.end();
});
