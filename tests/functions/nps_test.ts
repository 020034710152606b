import assert from "node:assert/strict";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import { systemClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { hashToken } from "@core/outreach/mail_links.ts";
import { SurveyForm } from "../../site/survey.ts";
import { createApp } from "../../supabase/functions/nps/app.ts";
import { testEnv, testWithDatabase, type World } from "./support.ts";

function nps(db: Database, address = crypto.randomUUID()) {
  const app = createApp({ env: testEnv(), db, clock: systemClock, log: silentLogger });
  const headers = { "x-forwarded-for": address };
  const answer = async (response: Response) => {
    const body = await response.json();
    return [response.status, body.error?.code ?? body] as const;
  };
  return {
    app,
    get: async (token: string) =>
      await answer(await app.request(`/nps?token=${encodeURIComponent(token)}`, { headers })),
    post: async (body: unknown) =>
      await answer(
        await app.request("/nps", {
          method: "POST",
          headers,
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
  };
}

/** A survey that was sent to a new member. */
async function survey({ sql, member }: World, expires = "30 days"): Promise<string> {
  const person = await member();
  const token = crypto.randomUUID().replaceAll("-", "") + "abcdefghijk";
  await sql`
    with membership as (
      insert into subscriptions (tenant_id, user_id, provider_subscription_id, status, started_at)
      values ('ks', ${person.id}, ${`sub_${person.id}`}, 'active', '2020-01-01')
      returning id
    ), send as (
      insert into engagement_email_sends
        (tenant_id, user_id, subscription_id, template_key, dedupe_key, status, sent_at)
      select 'ks', ${person.id}, id, 'nps_v1', 'nps:' || id, 'sent', now() from membership
      returning id, subscription_id
    )
    insert into nps_survey_tokens
      (tenant_id, user_id, subscription_id, send_id, token_hash, expires_at)
    select 'ks', ${person.id}, subscription_id, id, ${hashToken(token)},
      now() + ${expires}::interval
    from send`;
  return token;
}

const responses = async ({ sql }: World, token: string) =>
  await sql`
    select score, comment from nps_survey_responses
    where token_id = (select id from nps_survey_tokens where token_hash = ${hashToken(token)})`;

testWithDatabase("opening a survey uses nothing up, answering it does, once", async (world) => {
  const { get, post, app } = nps(world.db);
  const token = await survey(world);
  for (let one = 0; one < 3; one++) {
    assert.deepEqual(await get(token), [200, { valid: true, alreadySubmitted: false }]);
  }
  const head = await app.request(`/nps?token=${token}`, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.deepEqual(await post({ token, score: 9, comment: "  Mirë ”  " }), [
    200,
    { success: true, alreadySubmitted: false },
  ]);
  assert.deepEqual(await post({ token, score: 1 }), [
    200,
    { success: true, alreadySubmitted: true },
  ]);
  assert.deepEqual(await get(token), [200, { valid: true, alreadySubmitted: true }]);
  const rows = await responses(world, token);
  assert.deepEqual(rows.map((row) => ({ ...row })), [{ score: 9, comment: "Mirë ”" }]);
});

testWithDatabase(
  "a comment is kept without what cannot be seen, as the page keeps it",
  async (world) => {
    const { post } = nps(world.db);
    const cases = [
      ["a\u202e\u0007b\r\nc\td\0", "ab\nc d"],
      [" \n\n ", null],
      ["\u200b\u200d\u200d", null],
      [`${"\u{1f600}".repeat(1_000)}\n`, "\u{1f600}".repeat(1_000)],
      ["\u{1f469}\u{1f3fd}\u200d\u{1f4bb}!", "\u{1f469}\u{1f3fd}\u200d\u{1f4bb}!"],
    ] as const;
    for (const [comment, kept] of cases) {
      const token = await survey(world);
      assert.equal((await post({ token, score: 5, comment }))[0], 200, JSON.stringify(comment));
      assert.equal((await responses(world, token))[0]?.["comment"], kept, JSON.stringify(comment));
      const read = SurveyForm.parse({ score: "5", comment });
      assert.equal(read.comment, kept, "the page");
    }
  },
);

testWithDatabase("of many answers at once one counts", async (world) => {
  const { post } = nps(world.db);
  const token = await survey(world);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, score) => post({ token, score: score % 11 })),
  );
  assert.ok(answers.every(([status]) => status === 200));
  const first = answers.filter(([, body]) => body.alreadySubmitted === false);
  assert.equal(first.length, 1);
  assert.equal((await responses(world, token)).length, 1);
});

testWithDatabase("an expired survey is told from an unknown one", async (world) => {
  const { get, post } = nps(world.db);
  const expired = await survey(world, "-1 second");
  assert.deepEqual(await get(expired), [410, "expired"]);
  assert.deepEqual(await post({ token: expired, score: 5 }), [410, "expired"]);
  const unknown = "x".repeat(43);
  assert.deepEqual(await get(unknown), [404, "not_found"]);
  assert.deepEqual(await post({ token: unknown, score: 5 }), [404, "not_found"]);
  assert.equal((await responses(world, expired)).length, 0);
});

testWithDatabase("what is malformed is refused by name and stored nowhere", async (world) => {
  const { get, post, app } = nps(world.db);
  const token = await survey(world);
  const bodies: unknown[] = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    { score: 5 },
    { token: "short", score: 5 },
    { token: "x".repeat(201), score: 5 },
    { token: ["x".repeat(43)], score: 5 },
    { token: `${token}' or 1=1`, score: 5 },
    { token },
    { token, score: -1 },
    { token, score: 11 },
    { token, score: 5.5 },
    { token, score: "5" },
    { token, score: null },
    { token, score: 5, comment: "x".repeat(1_001) },
    { token, score: 5, comment: "\u{1f600}".repeat(1_001) },
    { token, score: 5, comment: 7 },
  ];
  for (const body of bodies) {
    assert.deepEqual(await post(body), [400, "malformed"], JSON.stringify(body));
  }
  for (const given of ["", "short", "x".repeat(201), "two words and more", "\0".repeat(20)]) {
    assert.deepEqual(await get(given), [400, "malformed"], given);
  }
  assert.equal((await app.request("/nps")).status, 400);
  const long = await app.request("/nps", { method: "POST", body: "x".repeat(20_000) });
  assert.equal(long.status, 413);
  const gone = await app.request("/nps", { method: "DELETE" });
  assert.deepEqual([gone.status, gone.headers.get("allow")], [405, "GET, POST"]);
  assert.equal((await responses(world, token)).length, 0);
  assert.deepEqual(await get(token), [200, { valid: true, alreadySubmitted: false }]);
});

testWithDatabase("guessing is slowed down, by address and by survey", async (world) => {
  const { sql, db } = world;
  await sql`delete from rate_limits where bucket like 'nps%'`;
  const address = crypto.randomUUID();
  const guesser = nps(db, address);
  const guess = async () => (await guesser.get(`guess-${crypto.randomUUID()}`))[0];
  /** A site's worth of visitors; guesses again if the minute was over before it had guessed. */
  const guessAfter = async (tries: number): Promise<number> => {
    const [before] = await sql`
      select date_trunc('minute', now()) as minute, count(*)
      from generate_series(1, ${tries}::integer) as guess,
        lateral private.take_rate_limit('nps', ${address}, guess, interval '1 minute')`;
    const status = await guess();
    const [after] = await sql`select date_trunc('minute', now()) as minute`;
    const inTime = before?.["minute"].getTime() === after?.["minute"].getTime();
    return inTime ? status : await guessAfter(tries);
  };
  assert.equal(await guess(), 404);
  assert.equal(await guessAfter(300), 404);
  assert.equal(await guessAfter(600), 429);
  const token = await survey(world);
  const statuses: number[] = [];
  for (let tries = 0; tries < 25; tries++) statuses.push((await nps(db).get(token))[0]);
  assert.ok(statuses.slice(0, 10).every((status) => status === 200));
  assert.ok(statuses.includes(429));
});

testWithDatabase(
  "the survey's answers are for our own pages and for nobody's cache",
  async (world) => {
    const { app } = nps(world.db);
    const token = await survey(world);
    const response = await app.request(`/nps?token=${token}`, {
      headers: { origin: "https://elsewhere.test" },
    });
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    const preflight = await app.request("/nps", { method: "OPTIONS" });
    assert.equal(preflight.status, 405);
  },
);

Deno.test("the survey says that the database is away", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres", { connectTimeout: 300 });
  const { get } = nps(db);
  assert.deepEqual(await get("x".repeat(43)), [503, "database_unavailable"]);
  await db.end();
});
