import assert from "node:assert/strict";
import { npsState } from "@core/outreach/nps.ts";
import { testMails } from "./outreach_support.ts";

testMails("the mails of the first months arrive once, each on its day", async (world) => {
  const { day, run, membership, mailsTo, ledger } = world;
  const arta = await membership();
  const told: [number, string][] = [];
  const days = [7, 14, 30, 45, 60, 90, 120].flatMap((one) => [one - 1, one, one + 1, one + 5]);
  for (const today of [0, ...days, 300]) {
    day(today);
    const before = mailsTo(arta).length;
    for (const job of ["engagement", "nps", "mails"]) await run(job);
    for (const template of mailsTo(arta).slice(before)) told.push([today, template]);
  }
  assert.deepEqual(told, [
    [7, "onboarding_day_7"],
    [14, "checkin_day_14"],
    [30, "retention_day_30"],
    [45, "nps_v1"],
    [60, "retention_day_60"],
    [90, "retention_day_90"],
  ]);
  for (const row of await ledger(arta)) {
    if (row["template_key"] === "welcome") continue;
    assert.deepEqual([row["status"], row["attempts"], row["error"]], ["sent", 1, null]);
    assert.ok(row["provider_message_id"]);
    assert.match(row["unsubscribe_hash"], /^[0-9a-f]{64}$/);
  }
});

testMails(
  "a failed payment is told of on day 7, 13 and 14, and the end written down",
  async (world) => {
    const { day, run, membership, mailsTo, sql } = world;
    const besa = await membership({
      status: "past_due",
      pastDueAt: Date.parse("2031-01-01T12:00:00Z"),
    });
    const told: [number, string][] = [];
    for (let today = 0; today <= 30; today++) {
      day(today);
      const before = mailsTo(besa).length;
      await run("dunning");
      for (const template of mailsTo(besa).slice(before)) told.push([today, template]);
    }
    assert.deepEqual(told, [
      [7, "dunning_day_7"],
      [13, "dunning_final"],
      [14, "dunning_suspended"],
    ]);
    const [row] = await sql`select suspended_at, dunning_due_at from subscriptions
    where id = ${besa.subscriptionId}`;
    assert.deepEqual(row?.["suspended_at"], new Date("2031-01-15T12:00:00Z"));
    assert.equal(row?.["dunning_due_at"], null);
    const actions = await sql`
    select action from audit_log
    where (
        entity_id = ${besa.subscriptionId} or metadata ->> 'subscription_id' = ${besa.subscriptionId}
      )
      -- What this test did by hand is on the log as well.
      and action not like 'row.%'
    order by seq`;
    assert.deepEqual(actions.map(({ action }) => action), [
      "email.dunning.reminder",
      "email.dunning.final_warning",
      "subscription.grace_expired",
      "email.dunning.sent",
    ]);
  },
);

testMails("a job that slept catches up what is still due, and nothing stale", async (world) => {
  const { day, run, membership, mailsTo } = world;
  const [arta, besa] = [await membership(), await membership()];
  day(7);
  await run("engagement");
  await world
    .sql`update subscriptions set lifecycle_due_at = null where id = ${besa.subscriptionId}`;
  // Asleep from day 8 to day 33: day 14's time is over, day 30's is not.
  day(33);
  await run("engagement");
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7", "retention_day_30"]);
  assert.deepEqual(mailsTo(besa), ["onboarding_day_7"], "who has no pointer is not looked at");
});

testMails(
  "what was enqueued and is not wanted any more is skipped with its reason",
  async (world) => {
    const { day, run, membership, mailsTo, ledger, sql } = world;
    const [paid, left, opted, stale] = await Promise.all([
      membership({ status: "past_due", pastDueAt: Date.parse("2031-01-01T12:00:00Z") }),
      membership(),
      membership(),
      membership(),
    ]);
    day(7);
    // Enqueued by runs that may not send: Resend asked everyone to wait.
    await sql`select private.hold_mails(60000)`;
    await run("dunning");
    await run("engagement");
    await sql`update subscriptions set status = 'active', past_due_at = null,
    grace_period_ends_at = null where id = ${paid.subscriptionId}`;
    await sql`update subscriptions set status = 'paused' where id = ${left.subscriptionId}`;
    await sql`update profiles set marketing_opt_out_at = now() where id = ${opted.id}`;
    await sql`update engagement_email_sends set send_until = '2031-01-08T12:00:00Z'
    where user_id = ${stale.id} and template_key = 'onboarding_day_7'`;
    await sql`delete from private.mail_pace`;
    // The fifth is the welcome of who has only now paid, a week late.
    assert.equal((await run("mails"))["skipped"], 5);
    for (
      const [person, reason] of [
        [paid, "payment_settled"],
        [left, "no_access"],
        [opted, "unsubscribed"],
        [stale, "too_late"],
      ] as const
    ) {
      assert.deepEqual(mailsTo(person), []);
      const rows = (await ledger(person)).filter((row) => row["template_key"] !== "welcome");
      assert.deepEqual(rows.map((row) => [row["status"], row["error"]]), [["skipped", reason]]);
    }
  },
);

testMails(
  "a late event that moves the first failure back sends no second reminder",
  async (world) => {
    const { day, run, membership, mailsTo, sql } = world;
    const failed = Date.parse("2031-01-01T12:00:00Z");
    const besa = await membership({ status: "past_due", pastDueAt: failed });
    day(8);
    await run("dunning");
    const earlier = new Date(failed - 60_000);
    await sql`update subscriptions set past_due_at = ${earlier},
    grace_period_ends_at = ${new Date(earlier.getTime() + 14 * 86_400_000)}
    where id = ${besa.subscriptionId}`;
    await run("dunning");
    day(13);
    await run("dunning");
    assert.deepEqual(mailsTo(besa), ["dunning_day_7", "dunning_final"]);
    // Paid, and failed again later: that is another story.
    await sql`update subscriptions set status = 'active', past_due_at = null,
    grace_period_ends_at = null, last_event_at = '2031-01-14T12:00:00Z' where id = ${besa.subscriptionId}`;
    await run("mails");
    await sql`update subscriptions set status = 'past_due',
    past_due_at = ${new Date(failed + 20 * 86_400_000)},
    grace_period_ends_at = ${new Date(failed + 34 * 86_400_000)} where id = ${besa.subscriptionId}`;
    day(27);
    await run("dunning");
    assert.deepEqual(mailsTo(besa), [
      "dunning_day_7",
      "dunning_final",
      "dunning_recovered",
      "dunning_day_7",
    ]);
  },
);

testMails(
  "each gets the mail from their tenant, in their language, with links to their host",
  async (world) => {
    const { day, run, membership, sql, inbox } = world;
    const [arta, elena] = [await membership(), await membership({ tenantId: "mk" })];
    await sql`update profiles set locale = 'sr' where id = ${arta.id}`;
    await sql`update profiles set locale = 'mk' where id = ${elena.id}`;
    day(45);
    await run("nps");
    const [one, other] = [arta, elena].map((person) =>
      inbox.messages.inOrder().find(({ to }) => to.includes(person.email))
    );
    assert.ok(one && other);
    assert.match(one.from, /^"Interdomestik Kosova" <hello@example\.test>$/);
    assert.deepEqual(one.replyTo, ["ndihma@ks.interdomestik.com"]);
    assert.match(one.html ?? "", /http:\/\/ks\.localhost:8000\/sr\/nps\/[\w-]{43}/);
    assert.match(one.headers["List-Unsubscribe"] ?? "", /^<http:\/\/ks\.localhost:8000\/api\//);
    assert.equal(one.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert.match(other.from, /^"Interdomestik Makedonija"/);
    assert.match(other.text ?? "", /http:\/\/mk\.localhost:8000\/mk\/nps\/[\w-]{43}/);
    assert.notEqual(one.subject, other.subject);
  },
);

testMails("a survey's link answers it, until it expires", async (world) => {
  const { day, run, membership, inbox, db, sql } = world;
  const arta = await membership();
  day(45);
  await run("nps");
  const mail = inbox.messages.inOrder().find(({ to }) => to.includes(arta.email));
  const token = mail?.text?.match(/\/nps\/([\w-]{43})/)?.[1] ?? "";
  assert.equal((await db.asAnon((tx) => npsState(tx, token))).state, "open");
  const [row] = await sql`select expires_at from nps_survey_tokens where user_id = ${arta.id}`;
  assert.deepEqual(row?.["expires_at"], new Date("2031-03-17T12:00:00Z"));
});

testMails("more memberships than one transaction takes are all looked at", async (world) => {
  const { day, run, membership, sql } = world;
  const arta = await membership();
  const started = new Date("2031-01-01T12:00:00Z");
  await sql`
    insert into subscriptions (tenant_id, user_id, provider_subscription_id, status, started_at)
    select 'ks', ${arta.id}, 'sub_' || gen_random_uuid(), 'active', ${started}
    from generate_series(1, 520)`;
  await sql`update engagement_email_sends set status = 'skipped' where status = 'pending'`;
  day(7);
  let sent = 0;
  for (let counts = await run("engagement"); (counts["sent"] ?? 0) > 0;) {
    if (sent === 0) assert.equal(counts["enqueued"], 521);
    sent += counts["sent"] ?? 0;
    counts = await run("engagement");
  }
  assert.equal(sent, 521);
  assert.deepEqual(await run("engagement"), {
    enqueued: 0,
    sent: 0,
    skipped: 0,
    failed: 0,
    deferred: 0,
  });
  await sql`update subscriptions set status = 'expired' where user_id = ${arta.id}`;
});

testMails("a membership that somebody else is at is looked at a moment later", async (world) => {
  const { day, run, membership, mailsTo, sql, clock } = world;
  const arta = await membership();
  day(7);
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select from subscriptions where id = ${arta.subscriptionId} for update`;
  let waits = 0;
  const letGo = {
    now: () => clock.now(),
    async wait(milliseconds: number) {
      if (++waits === 2) await holder`commit`;
      await clock.wait(milliseconds);
    },
  };
  await run("engagement", letGo);
  holder.release();
  assert.deepEqual(mailsTo(arta), ["onboarding_day_7"]);
});

testMails("a membership whose money went back gets no mails beside a good one", async (world) => {
  const { day, run, membership, mailsTo, sql } = world;
  const arta = await membership();
  await sql`
    insert into subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('ks', ${arta.id}, ${`sub_${crypto.randomUUID()}`}, 'active')`;
  await sql`update subscriptions set access_revoked_at = now() where id = ${arta.subscriptionId}`;
  day(14);
  const counts = await run("engagement");
  assert.equal(counts["enqueued"], 0);
  // Nor one that was enqueued before.
  await sql`update subscriptions set access_revoked_at = null where id = ${arta.subscriptionId}`;
  await run("nps");
  await sql`update subscriptions set access_revoked_at = now() where id = ${arta.subscriptionId}`;
  await run("engagement");
  assert.deepEqual(mailsTo(arta), []);
  const mail = (await world.ledger(arta)).find((one) => one["template_key"] === "checkin_day_14");
  assert.deepEqual([mail?.["status"], mail?.["error"]], ["skipped", "no_access"]);
});
