import assert from "node:assert/strict";
import { Membership } from "./membership.ts";
import { DAY, HOUR, type Outreach, type Person, withOutreach } from "./outreach.ts";

/** What the database enqueues by its own clock while a test is prepared is due by then. */
const soon = () => Date.now() + HOUR;

/** A member who bought some days ago. */
async function bought(
  outreach: Outreach,
  daysAgo: number,
): Promise<{ person: Person; membership: Membership }> {
  const person = await outreach.signUp();
  const membership = new Membership(person);
  await outreach.deliver(membership.buys(outreach.clock.now() - daysAgo * DAY));
  return { person, membership };
}

/** A member of some years whose payment failed some days ago. */
async function owing(outreach: Outreach, daysAgo: number) {
  const member = await bought(outreach, 700);
  await outreach.deliver(member.membership.failsToPay(outreach.clock.now() - daysAgo * DAY));
  return member;
}

/** Each job, four of it at once, and what was left for the next minute. */
async function storm(outreach: Outreach): Promise<void> {
  await outreach.runAll(4);
  await outreach.runAll(4);
}

/** Why mails of somebody were not sent, by template. */
async function skipped({ sql }: Outreach, { id }: Person): Promise<Record<string, string>> {
  const rows = await sql<{ template: string; error: string }[]>`
    select template_key as template, split_part(error, ':', 1) as error
    from public.engagement_email_sends
    where user_id = ${id} and status = 'skipped' order by template_key`;
  return Object.fromEntries(rows.map(({ template, error }) => [template, error]));
}

async function assertSettled({ sql, inbox }: Outreach): Promise<void> {
  const [ledger] = await sql`
    select count(*) filter (where status = 'sent')::int as sent,
           count(*) filter (where status in ('pending', 'error'))::int as open
    from public.engagement_email_sends`;
  assert.deepEqual({ ...ledger }, { sent: inbox.messages.inOrder().length, open: 0 });
}

Deno.test("each job four times at once, and again the next day, sends nothing twice", async () => {
  await withOutreach(soon(), async (outreach) => {
    // What is due today, and what the next day adds.
    const stages: [days: number, today: string[], tomorrow: string[]][] = [
      [0.5, ["welcome"], []],
      [7.5, ["onboarding_day_7"], []],
      [13.5, ["onboarding_day_7"], ["checkin_day_14"]],
      [20, ["checkin_day_14"], []],
      [31, ["retention_day_30"], []],
      [44.5, ["retention_day_30"], ["nps_v1"]],
      [50, ["nps_v1", "retention_day_30"], []],
      [62, ["nps_v1", "retention_day_60"], []],
      [80, ["retention_day_60"], []],
      [100, ["retention_day_90"], []],
      [119.5, ["retention_day_90"], []],
      [130, [], []],
    ];
    const failures: typeof stages = [
      [0.5, ["dunning_day_0"], []],
      [8, ["dunning_day_7"], []],
      [12.5, ["dunning_day_7"], ["dunning_final"]],
      [13.5, ["dunning_final"], ["dunning_suspended"]],
      [15, ["dunning_suspended"], []],
      [29, [], []],
    ];
    const members: { person: Person; today: string[]; tomorrow: string[] }[] = [];
    for (let copy = 0; copy < 3; copy++) {
      for (const [days, today, tomorrow] of stages) {
        members.push({ ...await bought(outreach, days), today, tomorrow });
      }
      for (const [days, today, tomorrow] of failures) {
        members.push({ ...await owing(outreach, days), today, tomorrow });
      }
    }
    const received = () => members.map(({ person }) => outreach.mailsTo(person).sort());

    await storm(outreach);
    assert.deepEqual(received(), members.map(({ today }) => today));
    outreach.goTo(outreach.clock.now() + HOUR);
    await storm(outreach);
    assert.deepEqual(received(), members.map(({ today }) => today));

    outreach.goTo(outreach.clock.now() + DAY - HOUR);
    await storm(outreach);
    const both = members.map(({ today, tomorrow }) => [...today, ...tomorrow].sort());
    assert.deepEqual(received(), both);
    await assertSettled(outreach);
    const [suspensions] = await outreach.sql`
      select count(*)::int as told, count(distinct entity_id)::int as memberships
      from public.audit_log where action = 'subscription.grace_expired'`;
    // Those at day 13.5, 15 and 29.
    assert.deepEqual({ ...suspensions }, { told: 9, memberships: 9 });
  });
});

Deno.test("jobs that slept three days catch up what is still due and nothing stale", async () => {
  await withOutreach(soon(), async (outreach) => {
    const caughtUp = await bought(outreach, 5.5);
    const nextStage = await bought(outreach, 12);
    const warned = await owing(outreach, 5);
    const tooLateToWarn = await owing(outreach, 12);
    const paidMeanwhile = await owing(outreach, 6);
    const leftMeanwhile = await bought(outreach, 6);
    await outreach.runAll();
    await outreach.runAll();
    assert.deepEqual(outreach.mailsTo(nextStage.person), ["onboarding_day_7"]);

    outreach.goTo(outreach.clock.now() + 2 * DAY);
    const then = outreach.clock.now();
    await outreach.deliver(paidMeanwhile.membership.pays(then));
    await outreach.deliver(leftMeanwhile.membership.pauses(then));
    const before = outreach.mails().length;
    outreach.goTo(outreach.clock.now() + DAY);
    await storm(outreach);

    const since = (person: Person) =>
      outreach.mails().slice(before).filter(({ to }) => to === person.email)
        .map(({ template }) => template).sort();
    assert.deepEqual(since(caughtUp.person), ["onboarding_day_7"]);
    assert.deepEqual(since(nextStage.person), ["checkin_day_14"]);
    assert.deepEqual(since(warned.person), ["dunning_day_7"]);
    // The last warning would come after the fact.
    assert.deepEqual(since(tooLateToWarn.person), ["dunning_suspended"]);
    assert.deepEqual(since(paidMeanwhile.person), ["dunning_recovered"]);
    assert.deepEqual(since(leftMeanwhile.person), []);
    await assertSettled(outreach);
  });
});

Deno.test("what Resend did not take for three days is sent if it still makes sense", async () => {
  await withOutreach(soon(), async (outreach) => {
    const stale = await bought(outreach, 13.5);
    const fresh = await bought(outreach, 8);
    const paidMeanwhile = await owing(outreach, 8);
    const owesOn = await owing(outreach, 8.5);
    outreach.inbox.faults.add({ kind: "429" });
    await storm(outreach);
    assert.deepEqual(outreach.mails(), []);

    outreach.goTo(outreach.clock.now() + 3 * DAY);
    await outreach.deliver(paidMeanwhile.membership.pays(outreach.clock.now() - HOUR));
    outreach.inbox.faults.clear();
    await outreach.sql`delete from private.mail_pace`;
    await storm(outreach);

    assert.deepEqual(outreach.mailsTo(stale.person), ["checkin_day_14"]);
    assert.equal((await skipped(outreach, stale.person))["onboarding_day_7"], "too_late");
    assert.deepEqual(outreach.mailsTo(fresh.person), ["onboarding_day_7"]);
    assert.deepEqual(outreach.mailsTo(owesOn.person), ["dunning_day_7"]);
    // Nothing was said about the failure, so there is nothing to take back.
    assert.deepEqual(outreach.mailsTo(paidMeanwhile.person), []);
    assert.equal(
      (await skipped(outreach, paidMeanwhile.person))["dunning_day_7"],
      "payment_settled",
    );
    await assertSettled(outreach);
  });
});

Deno.test("who unsubscribed, lapsed, is locked or cannot be reached gets nothing", async () => {
  await withOutreach(soon(), async (outreach) => {
    const { sql } = outreach;
    const now = outreach.clock.now();
    const unsubscribed = await bought(outreach, 50);
    const unsubscribedOwing = await owing(outreach, 8);
    for (const { person } of [unsubscribed, unsubscribedOwing]) {
      await sql`update public.profiles set marketing_opt_out_at = now() where id = ${person.id}`;
    }
    const bounced = await bought(outreach, 50);
    const bouncedOwing = await owing(outreach, 8);
    for (const { person } of [bounced, bouncedOwing]) {
      await sql`
        update public.profiles
        set email_undeliverable_at = now(), email_undeliverable_reason = 'bounced'
        where id = ${person.id}`;
    }
    const locked = await bought(outreach, 50);
    await sql`update public.profiles set is_active = false where id = ${locked.person.id}`;
    const paused = await bought(outreach, 50);
    await outreach.deliver(paused.membership.pauses(now - DAY));
    const lapsed = await bought(outreach, 50);
    await outreach.deliver(lapsed.membership.failsToPay(now - 40 * DAY));
    const expired = await bought(outreach, 50);
    await sql`
      update public.subscriptions set status = 'expired', current_period_end = now()
      where provider_subscription_id = ${expired.membership.id}`;
    const canceled = await bought(outreach, 50);
    await outreach.deliver(canceled.membership.cancels(now - 2 * DAY));
    await sql`
      update public.subscriptions set current_period_end = canceled_at
      where provider_subscription_id = ${canceled.membership.id}`;
    const leaving = await bought(outreach, 50);
    await outreach.deliver(leaving.membership.cancels(now - DAY));
    const stays = await bought(outreach, 50);

    await storm(outreach);
    outreach.goTo(now + DAY);
    await storm(outreach);

    const none = [unsubscribed, bounced, bouncedOwing, locked, paused, lapsed, expired, canceled];
    for (const { person } of none) assert.deepEqual(outreach.mailsTo(person), []);
    const wanted = { "nps_v1": "unsubscribed", "retention_day_30": "unsubscribed" };
    assert.deepEqual(await skipped(outreach, unsubscribed.person), wanted);
    const unreachable = await skipped(outreach, bounced.person);
    assert.deepEqual(Object.values(unreachable), Array(2).fill("address_undeliverable"));
    assert.equal(
      (await skipped(outreach, bouncedOwing.person))["dunning_day_7"],
      "address_undeliverable",
    );
    // Nobody may do without hearing that a payment failed.
    assert.deepEqual(outreach.mailsTo(unsubscribedOwing.person), ["dunning_day_7"]);
    // The paid period goes on.
    assert.deepEqual(outreach.mailsTo(leaving.person).sort(), ["nps_v1", "retention_day_30"]);
    assert.deepEqual(outreach.mailsTo(stays.person).sort(), ["nps_v1", "retention_day_30"]);
    await assertSettled(outreach);
  });
});

Deno.test("a call that was taken but not answered is repeated for a day and then never again", async () => {
  await withOutreach(soon(), async (outreach) => {
    const { sql, inbox, clock } = outreach;
    const { person } = await bought(outreach, 8);
    inbox.faults.add({ kind: "500_after_accept" });
    await outreach.run("engagement");
    for (let hour = 0; hour < 20; hour += 4) {
      outreach.goTo(clock.now() + 4 * HOUR);
      await storm(outreach);
    }
    inbox.faults.clear();
    // Resend still knows the key.
    outreach.goTo(clock.now() + 2 * HOUR);
    await storm(outreach);
    assert.deepEqual(outreach.mailsTo(person), ["onboarding_day_7"]);
    await assertSettled(outreach);

    const lost = await bought(outreach, 8);
    inbox.faults.add({ kind: "500_after_accept", count: 1 });
    await outreach.run("engagement");
    outreach.goTo(clock.now() + 3 * DAY);
    await storm(outreach);
    assert.deepEqual(outreach.mailsTo(lost.person), ["onboarding_day_7"]);
    const [row] = await sql`
      select status, split_part(error, ':', 1) as error, may_have_arrived
      from public.engagement_email_sends where user_id = ${lost.person.id}`;
    assert.deepEqual({ ...row }, {
      status: "error",
      error: "unknown_outcome",
      "may_have_arrived": true,
    });
  });
});

Deno.test("each failure to pay is told of by itself, and what a payment takes back once", async () => {
  await withOutreach(soon(), async (outreach) => {
    const { clock } = outreach;
    const { person, membership } = await bought(outreach, 300);
    const later = async (days: number, act?: "failsToPay" | "pays") => {
      outreach.goTo(clock.now() + days * DAY);
      if (act !== undefined) await outreach.deliver(membership[act](clock.now()));
      await storm(outreach);
    };
    await later(1, "failsToPay");
    await later(7.5);
    await later(1, "pays");
    await later(30, "failsToPay");
    await later(13.5);
    await later(1);
    await later(30, "pays");
    await later(30);
    assert.deepEqual(outreach.mailsTo(person), [
      "dunning_day_0",
      "dunning_day_7",
      "dunning_recovered",
      "dunning_day_0",
      "dunning_final",
      "dunning_suspended",
      "dunning_recovered",
    ]);
    await assertSettled(outreach);
  });
});
