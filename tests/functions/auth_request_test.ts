import assert from "node:assert/strict";
import { connectDatabase } from "@core/platform/database.ts";
import { startBackground } from "@core/platform/background.ts";
import { fixedClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/auth/app.ts";
import { codeIn, testAuth } from "./auth_support.ts";
import { testEnv, testWithDatabase } from "./support.ts";

const ASK = "/auth/request-password-reset";

testAuth(
  "known and unknown addresses get one answer, and only the known one a mail",
  async (world) => {
    const arta = await world.account();
    const nobody = `nobody-${crypto.randomUUID()}@auth.test`;
    const answers = [];
    for (const email of [arta.email, `  ${arta.email.toUpperCase()} `, nobody]) {
      const answer = await world.ask(ASK, { email });
      answers.push([answer.status, [...answer.headers].sort(), await answer.text()]);
    }
    assert.equal(answers[0]?.[0], 200);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
    await world.background.settled();
    const mails = await world.mailsTo(arta.email);
    assert.ok(mails.length >= 1);
    assert.match(mails[0]?.subject ?? "", /Zgjidhni një fjalëkalim të ri/);
    assert.deepEqual(await world.mailsTo(nobody), []);
    assert.deepEqual(world.logged, []);
  },
);

testAuth("every wish is on the audit log, without the address", async (world) => {
  const arta = await world.account();
  const nobody = `nobody-${crypto.randomUUID()}@auth.test`;
  const [before] = await world.sql`select coalesce(max(seq), 0) as seq from audit_log`;
  for (const email of [arta.email, nobody]) await world.ask(ASK, { email });
  await world.background.settled();
  const rows = await world.sql`
    select tenant_id, entity_id, actor_id, metadata::text from audit_log
    where action = 'auth.password_reset_requested' and seq > ${before?.["seq"]}
    order by seq`;
  assert.equal(rows.length, 2);
  assert.deepEqual(
    rows.map((row) => [row["tenant_id"], row["entity_id"]]).sort(),
    [["ks", arta.id], [null, null]].sort(),
  );
  assert.doesNotMatch(JSON.stringify(rows), /@/);
});

testWithDatabase(
  "the answer waits for nothing that depends on the address",
  async ({ db, member }) => {
    const known = await member();
    const held = Promise.withResolvers<void>();
    // Auth does not answer until it is let.
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async () => {
      await held.promise;
      return Response.json({});
    });
    const background = startBackground(silentLogger);
    const env = testEnv({ SUPABASE_URL: `http://127.0.0.1:${server.addr.port}` });
    const app = createApp({ env, db, clock: fixedClock(0), log: silentLogger, background });
    const answer = await app.request(ASK, {
      method: "POST",
      body: JSON.stringify({ email: known.email }),
    });
    assert.equal(answer.status, 200);
    held.resolve();
    await background.settled();
    await server.shutdown();
  },
);

testWithDatabase(
  "with Auth away the answer is the same, and the log tells of it",
  async (world) => {
    const known = await world.member();
    const lines: string[] = [];
    const log = { ...silentLogger, error: (line: string) => void lines.push(line) };
    const background = startBackground(log);
    const app = createApp({ env: testEnv(), db: world.db, clock: fixedClock(0), log, background });
    const body = JSON.stringify({ email: known.email });
    assert.equal((await app.request(ASK, { method: "POST", body })).status, 200);
    await background.settled();
    assert.deepEqual(lines, ["a wish for a new password failed after the answer"]);
  },
);

testAuth(
  "the link leads to the tenant's host, in the person's language, with an own page",
  async (world) => {
    const ana = await world.account("mk", "mk");
    const site = new URL(Deno.env.get("SITE_URL") ?? "");
    const own = `http://mk.localhost:${site.port}`;
    for (
      const [callbackURL, page] of [
        [undefined, "/mk/reset-password"],
        [`${site.origin}/en/reset-password`, "/en/reset-password"],
        ["/sr/reset-password?from=app", "/sr/reset-password?from=app"],
        ["https://evil.example/mk/reset-password", "/mk/reset-password"],
        ["//evil.example", "/mk/reset-password"],
        ["/\\evil.example", "/mk/reset-password"],
        [`${site.origin}@evil.example/`, "/mk/reset-password"],
        ["javascript:alert(1)", "/mk/reset-password"],
      ] as const
    ) {
      await world.sql`delete from rate_limits where bucket = 'password reset'`;
      const seen = (await world.mailsTo(ana.email)).length;
      await world.ask(ASK, { email: ana.email, callbackURL });
      await world.background.settled();
      const mails = await world.mailsTo(ana.email);
      assert.equal(mails.length, seen + 1, callbackURL);
      const link = /href="([^"]*reset-password[^"]*)"/.exec(mails[0]?.html ?? "")?.[1] ?? "";
      const url = new URL(link.replaceAll("&amp;", "&"));
      assert.equal(url.origin, own);
      assert.equal(url.pathname, `/api/auth/reset-password/${codeIn(mails[0])}`);
      assert.equal(url.searchParams.get("callbackURL"), page, callbackURL);
    }
  },
);

testAuth("who is locked is not written to", async (world) => {
  const arta = await world.account();
  await world.sql`update profiles set is_active = false where id = ${arta.id}`;
  assert.equal((await world.ask(ASK, { email: arta.email })).status, 200);
  await world.background.settled();
  assert.deepEqual(await world.mailsTo(arta.email), []);
});

testAuth(
  "the sixth wish for an address within the hour is answered alike and sends nothing",
  async (world) => {
    const arta = await world.account();
    await world.sql`delete from rate_limits where bucket = 'password reset'`;
    const bodies = new Set<string>();
    for (let wish = 0; wish < 7; wish++) {
      const answer = await world.ask(ASK, { email: arta.email }, {
        "x-forwarded-for": `10.0.0.${wish}`,
      });
      assert.equal(answer.status, 200);
      bodies.add(await answer.text());
      await world.background.settled();
      // Auth lets a second pass between two links.
      await world.sql`update auth.users set recovery_sent_at = now() - interval '1 minute'
      where id = ${arta.id}`;
    }
    assert.equal(bodies.size, 1);
    assert.equal((await world.mailsTo(arta.email)).length, 5);
  },
);

testAuth(
  "too many wishes from one address are refused for known and unknown alike",
  async (world) => {
    const arta = await world.account();
    const address = crypto.randomUUID();
    // This quarter of an hour and the next, should it begin meanwhile.
    await world.sql`
    insert into rate_limits (bucket, key_hash, window_start, count)
    select 'password reset from address', sha256(convert_to(${address}, 'UTF8')),
           date_bin('15 minutes', now(), '2000-01-01 00:00:00+00') + later, 300
    from unnest(array[interval '0', interval '15 minutes']) as later`;
    const from = { "x-forwarded-for": `203.0.113.9, ${address}` };
    const bodies = new Set<string>();
    for (const email of [arta.email, "nobody@auth.test"]) {
      const answer = await world.ask(ASK, { email }, from);
      assert.equal(answer.status, 429);
      assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
      bodies.add(await answer.text());
    }
    assert.equal(bodies.size, 1);
    await world.background.settled();
    assert.deepEqual(await world.mailsTo(arta.email), []);
  },
);

testAuth("what is malformed is refused before anything is counted", async (world) => {
  for (
    const body of [
      "",
      "not json",
      "[]",
      "null",
      {},
      { email: 7 },
      { email: "" },
      { email: "no address" },
      { email: `${"a".repeat(300)}@auth.test` },
      { email: "a@auth.test", callbackURL: 7 },
      { email: "a@auth.test\r\nbcc: x@auth.test" },
    ]
  ) {
    const answer = await world.ask(ASK, body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal((await answer.json()).error.code, "malformed");
  }
  assert.equal((await world.ask(ASK, { email: "x".repeat(9_000) })).status, 413);
  const wrong = await world.open(ASK);
  assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST"]);
});

Deno.test("a database that is away is told as such", async () => {
  const db = connectDatabase("postgresql://nobody@127.0.0.1:1/postgres");
  const app = createApp({ env: testEnv(), db, clock: fixedClock(0), log: silentLogger });
  const body = JSON.stringify({ email: "arta@auth.test" });
  assert.equal((await app.request(ASK, { method: "POST", body })).status, 503);
  await db.end();
});
