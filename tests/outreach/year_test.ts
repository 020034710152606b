import assert from "node:assert/strict";
import type { Locale } from "@core/platform/i18n.ts";
import { Membership } from "./membership.ts";
import {
  type ArrivedMail,
  DAY,
  hashOf,
  HOUR,
  type Outreach,
  type Person,
  withOutreach,
} from "./outreach.ts";

/** Every eight hours: each job several times a day; on days on which nothing is due, once. */
const TICK = 8 * HOUR;
const isQuiet = (day: number) => (day > 100 && day < 198) || (day > 225 && day < 363);

/** What a member gets in a year, and on which day after the purchase. */
const EXPECTED: readonly (readonly [day: number, template: string])[] = [
  [0, "welcome"],
  [7, "onboarding_day_7"],
  [14, "checkin_day_14"],
  [30, "retention_day_30"],
  [45, "nps_v1"],
  [60, "retention_day_60"],
  [90, "retention_day_90"],
  [200, "dunning_day_0"],
  [207, "dunning_day_7"],
  [213, "dunning_final"],
  [214, "dunning_suspended"],
  [216, "dunning_recovered"],
];
const FAILS = 200;
const FAILS_AGAIN = 204;
const PAYS = 216;
const RENEWS = 365;
const END = 372;

/** Which days the member may do without, by saying so. */
const OPTIONAL = /^(onboarding|checkin|retention|nps)_/;

const TAGS: Readonly<Record<Locale, string>> = { sq: "sq", en: "en", mk: "mk", sr: "sr-Latn" };

/** A member with a time of day of their own. */
interface Life {
  readonly person: Person;
  readonly membership: Membership;
  readonly began: number;
}

Deno.test("a year of four members in four languages: each mail once, on its day, in order", async () => {
  const start = Date.now();
  await withOutreach(start, async (outreach) => {
    const lives = await beginLives(outreach, start);
    const acts = lives.flatMap(({ membership, began }) => [
      { at: began, events: () => membership.buys(began) },
      ...actsOf(membership, began),
    ]).sort((one, other) => one.at - other.at);
    const end = start + (END + 4) * DAY;
    for (let now = start; now < end; now += isQuiet((now - start) / DAY) ? DAY : TICK) {
      while (acts[0] !== undefined && acts[0].at <= now) {
        const act = acts.shift();
        outreach.goTo((act?.at ?? 0) + 2_000);
        await outreach.deliver(act?.events() ?? []);
      }
      outreach.goTo(now);
      await Promise.all([outreach.run("dunning"), outreach.run("engagement"), outreach.run("nps")]);
      await outreach.run("mails");
      if ((now - start) % (30 * DAY) === 0) await outreach.run("retention");
    }
    const mails = outreach.mails();
    for (const life of lives) checkYear(life, mails);
    assert.equal(mails.length, lives.length * EXPECTED.length);
    checkLanguages(mails);
    await checkCodes(outreach, mails);
    await checkLedger(outreach, lives);
  });
});

async function beginLives(outreach: Outreach, start: number): Promise<Life[]> {
  const people = [
    await outreach.signUp({ tenantId: "ks", locale: "sq", name: "Arta Krasniqi" }),
    await outreach.signUp({ tenantId: "ks", locale: "en", name: "Ben Hoxha" }),
    await outreach.signUp({ tenantId: "mk", locale: "mk", name: "Vesna Stojanovska" }),
    await outreach.signUp({ tenantId: "ks", locale: "sr", name: "Milan Petrović" }),
  ];
  return people.map((person, index) => ({
    person,
    membership: new Membership(person),
    began: start + index * (DAY + 5 * HOUR) + 1_000,
  }));
}

function actsOf(membership: Membership, began: number) {
  const on = (day: number) => began + day * DAY;
  return [
    { at: on(FAILS), events: () => membership.failsToPay(on(FAILS)) },
    { at: on(FAILS_AGAIN), events: () => membership.failsAgain(on(FAILS_AGAIN)) },
    { at: on(PAYS), events: () => membership.pays(on(PAYS)) },
    { at: on(RENEWS), events: () => membership.renews(on(RENEWS)) },
  ];
}

function checkYear({ person, began }: Life, mails: readonly ArrivedMail[]): void {
  const own = mails.filter(({ to }) => to === person.email);
  assert.deepEqual(
    own.map(({ at, template }) => [Math.floor((at - began) / DAY), template]),
    EXPECTED,
    person.locale,
  );
  for (const { at, template, language, message } of own) {
    const late = (at - began) % DAY;
    assert.ok(late < TICK, `${template} came ${late / HOUR} hours late`);
    assert.equal(language, TAGS[person.locale]);
    assert.ok((message.text ?? "").length > 100, `${template} has a text part`);
    assert.equal("List-Unsubscribe" in message.headers, OPTIONAL.test(template), template);
    assert.match(message.from, person.tenantId === "ks" ? /Kosova/ : /Makedonija/);
    for (const [, link] of (message.html ?? "").matchAll(/href="(https?:[^"]*)"/g)) {
      assert.equal(new URL(link ?? "").hostname, `${person.tenantId}.localhost`, template);
    }
  }
}

/** No two members read the same subject about the same thing. */
function checkLanguages(mails: readonly ArrivedMail[]): void {
  for (const [, template] of EXPECTED) {
    const subjects = mails.filter((mail) => mail.template === template)
      .map(({ message }) => message.subject);
    assert.equal(new Set(subjects).size, 4, `${template}: ${subjects.join(" | ")}`);
  }
}

/** A code in a link is its mail's own, and what the database keeps of it is a hash. */
async function checkCodes({ sql }: Outreach, mails: readonly ArrivedMail[]): Promise<void> {
  const codes = mails.filter(({ template }) => OPTIONAL.test(template)).flatMap(({ message }) => {
    const header = message.headers["List-Unsubscribe"] ?? "";
    const unsubscribe = header.match(/^<\S+\/api\/public\/unsubscribe\?token=([\w-]{43})>$/)?.[1];
    assert.equal(message.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert.ok(unsubscribe !== undefined, header);
    const survey = message.text?.match(/\/nps\/([\w-]{43})/)?.[1];
    return survey === undefined ? [unsubscribe] : [unsubscribe, survey];
  });
  assert.equal(new Set(codes).size, 4 * (6 + 1));
  const kept = await sql<{ hash: string }[]>`
    select unsubscribe_hash as hash from public.engagement_email_sends
    where unsubscribe_hash is not null
    union all select token_hash from public.nps_survey_tokens`;
  assert.deepEqual(kept.map(({ hash }) => hash).sort(), codes.map(hashOf).sort());
}

async function checkLedger({ sql, inbox }: Outreach, lives: readonly Life[]): Promise<void> {
  const ledger = await sql<{ status: string; id: string; messageId: string }[]>`
    select status, id, provider_message_id as "messageId" from public.engagement_email_sends`;
  assert.deepEqual([...new Set(ledger.map(({ status }) => status))], ["sent"]);
  assert.deepEqual(
    ledger.map(({ messageId }) => messageId).sort(),
    inbox.messages.inOrder().map(({ id }) => id).sort(),
  );
  const [told] = await sql`
    select count(*) filter (where action = 'subscription.grace_expired')::int as suspended,
           count(*) filter (where action = 'email.dunning.reminder')::int as reminded,
           count(*) filter (where action = 'email.dunning.final_warning')::int as warned,
           count(*) filter (where action = 'email.engagement.sent')::int as helped,
           count(*) filter (where action = 'email.nps.sent')::int as asked
    from public.audit_log`;
  const each = (count: number) => count * lives.length;
  assert.deepEqual({ ...told }, {
    suspended: each(1),
    reminded: each(1),
    warned: each(1),
    helped: each(5),
    asked: each(1),
  });
  const memberships = await sql`
    select status, suspended_at, lifecycle_due_at, dunning_due_at from public.subscriptions`;
  for (const row of memberships) {
    assert.deepEqual({ ...row }, {
      "status": "active",
      "suspended_at": null,
      "lifecycle_due_at": null,
      "dunning_due_at": null,
    });
  }
  const [runs] = await sql`
    select count(*)::int as all, count(*) filter (where result = 'ok')::int as ok
    from public.cron_runs`;
  assert.equal(runs?.["all"], runs?.["ok"]);
}
