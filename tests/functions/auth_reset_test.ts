import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { type AuthWorld, stranger, testAuth } from "./auth_support.ts";

const NEW = "an entirely new Password";
const SITE = new URL(Deno.env.get("SITE_URL") ?? "http://localhost:8000");
const MK = `http://mk.localhost:${SITE.port}`;

function choose(world: AuthWorld, token: string, password: string): Promise<Response> {
  return world.ask("/auth/reset-password", { token, password });
}

async function codeOf(answer: Response): Promise<string> {
  return (await answer.json()).error.code;
}

testAuth("opening the link any number of times, by GET or HEAD, uses nothing up", async (world) => {
  const arta = await world.account();
  const token = await world.resetToken(arta);
  for (const method of ["HEAD", "GET", "HEAD", "GET"] as const) {
    const answer = await world.open(`/auth/reset-password/${token}`, {}, method);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("location"), `${SITE.origin}/sq/reset-password?token=${token}`);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.equal(await answer.text(), "");
  }
  assert.equal((await choose(world, token, NEW)).status, 200);
});

testAuth(
  "the link leads to pages of ours only, on the host that it was opened at",
  async (world) => {
    const lead = async (callback: string, host?: string) => {
      const path = `/auth/reset-password/abc?callbackURL=${encodeURIComponent(callback)}`;
      const answer = await world.open(path, host === undefined ? {} : { "x-forwarded-host": host });
      return answer.headers.get("location");
    };
    const fallback = `${SITE.origin}/sq/reset-password?token=abc`;
    assert.equal(await lead("/en/reset-password"), `${SITE.origin}/en/reset-password?token=abc`);
    assert.equal(await lead(`${SITE.origin}/en/x?a=1`), `${SITE.origin}/en/x?a=1&token=abc`);
    assert.equal(
      await lead("/mk/reset-password", new URL(MK).host),
      `${MK}/mk/reset-password?token=abc`,
    );
    assert.equal(await lead("/en/x", "evil.example"), `${SITE.origin}/en/x?token=abc`);
    for (
      const callback of [
        "",
        "https://evil.example/sq/reset-password",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/x/..//evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,hello",
        `${SITE.origin}@evil.example`,
        `${SITE.origin}.evil.example/`,
        `${SITE.origin}:443@evil.example/`,
        `http://user@${SITE.host}/sq`,
        `https://${SITE.host}/sq`,
        `${SITE.protocol}${SITE.host}/sq`,
        `${MK}/mk/reset-password`,
        " /sq/reset-password",
        "/sq/reset-password\r\nset-cookie: a=b",
        "%2F%2Fevil.example",
      ]
    ) assert.equal(await lead(callback), fallback, JSON.stringify(callback));
    const odd = await lead("/%2f/evil.example/..//evil.example");
    assert.equal(new URL(odd ?? "").origin, SITE.origin);
    const twice =
      "/auth/reset-password/abc?callbackURL=%252F%252Fevil.example&callbackURL=//evil.example";
    assert.equal((await world.open(twice)).headers.get("location"), fallback);
    const own = `/auth/reset-password/abc?callbackURL=${
      encodeURIComponent("/sq/reset-password?token=other")
    }`;
    assert.equal((await world.open(own)).headers.get("location"), fallback);
  },
);

testAuth("a link works once, and says afterwards that it does not", async (world) => {
  const arta = await world.account();
  const token = await world.resetToken(arta);
  const answer = await choose(world, token, NEW);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { result: "changed" });
  const again = await choose(world, token, "yet another Password");
  assert.equal(again.status, 410);
  assert.equal(await codeOf(again), "token_invalid");
  await assert.rejects(world.signIn(arta));
  await world.signIn({ ...arta, password: NEW });
});

testAuth("of many who use a link at once one succeeds", async (world) => {
  const arta = await world.account();
  const token = await world.resetToken(arta);
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => choose(world, token, `a Password of number ${i}`)),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 410, 410, 410, 410, 410]);
});

testAuth("a newer link ends the older one, and an hour ends every link", async (world) => {
  const arta = await world.account();
  const older = await world.resetToken(arta);
  const token = await world.resetToken(arta);
  assert.equal((await choose(world, older, NEW)).status, 410);
  await world.sql`update auth.users set recovery_sent_at = now() - interval '61 minutes'
    where id = ${arta.id}`;
  assert.equal((await choose(world, token, NEW)).status, 410);
  await world.signIn(arta);
});

testAuth("a link works for one hour: after 59 minutes, and not after 61", async (world) => {
  for (const [minutes, status] of [[59, 200], [61, 410]] as const) {
    const arta = await world.account();
    const token = await world.resetToken(arta);
    await world.sql`
      update auth.users set recovery_sent_at = recovery_sent_at - make_interval(mins => ${minutes})
      where id = ${arta.id}`;
    // Where Auth keeps codes in a table of their own, they are as old.
    const [kept] = await world.sql`select to_regclass('auth.one_time_tokens') is not null as there`;
    if (kept?.["there"] === true) {
      await world.sql`
        update auth.one_time_tokens set created_at = created_at - make_interval(mins => ${minutes})
        where user_id = ${arta.id}`;
    }
    assert.equal((await choose(world, token, NEW)).status, status, `${minutes} minutes`);
    await world.signIn({ ...arta, password: status === 200 ? NEW : arta.password });
  }
});

testAuth("a password that is too weak is refused, and the link still works", async (world) => {
  const arta = await world.account();
  const token = await world.resetToken(arta);
  for (
    const password of [
      "",
      "short 7",
      "password1",
      "x".repeat(73),
      "ж".repeat(37),
      "Arta-Berisha 1",
      arta.email.slice(0, 60),
    ]
  ) {
    const answer = await choose(world, token, password);
    assert.equal(answer.status, 422, password);
    assert.equal(await codeOf(answer), "weak_password");
  }
  assert.equal((await choose(world, token, "жолта кола на брегот")).status, 200);
});

testAuth(
  "128 characters of any script may be chosen, each counts, at every door",
  async (world) => {
    const arta = await world.account();
    const longest = "сосема нова лозинка, ".repeat(6) + "x!";
    assert.equal([...longest].length, 128);
    const token = await world.resetToken(arta);
    assert.equal(await codeOf(await choose(world, token, `${longest}!`)), "weak_password");
    assert.equal((await choose(world, token, longest)).status, 200);
    await assert.rejects(world.signIn({ ...arta, password: longest.slice(0, -1) }));
    await assert.rejects(world.signIn({ ...arta, password: longest.slice(0, 36) }));
    const { accessToken } = await world.signIn({ ...arta, password: longest });
    const headers = { authorization: `Bearer ${accessToken}` };
    const email = `new-${arta.email}`;
    const wish = { present: longest, email };
    assert.equal((await world.ask("/auth/change-email", wish, headers)).status, 200);
    const change = { present: longest, password: "x".repeat(9) + longest.slice(9) };
    assert.equal((await world.ask("/auth/change-password", change, headers)).status, 200);
    await world.signIn({ ...arta, password: change.password });
  },
);

testAuth("the password that was is as good as a new one", async (world) => {
  const arta = await world.account();
  const token = await world.resetToken(arta);
  assert.equal((await choose(world, token, arta.password)).status, 200);
  await world.signIn(arta);
});

testAuth(
  "every session ends: refresh tokens fail, and access tokens see nothing",
  async (world) => {
    const arta = await world.account();
    const other = await world.signIn(arta);
    const asked = () =>
      createClient(
        Deno.env.get("SUPABASE_URL") ?? "",
        Deno.env.get("SUPABASE_PUBLISHABLE_KEY") ?? "",
        {
          auth: { persistSession: false, autoRefreshToken: false },
          global: { headers: { authorization: `Bearer ${other.accessToken}` } },
        },
      ).from("branches").select("id");
    await world.sql`update profiles set role = 'staff' where id = ${arta.id}`;
    assert.ok(((await asked()).data ?? []).length > 0);

    assert.equal((await choose(world, await world.resetToken(arta), NEW)).status, 200);
    for (const { refreshToken } of [arta, other]) {
      const { error } = await stranger().auth.refreshSession({ "refresh_token": refreshToken });
      assert.ok(error, "the old refresh token still works");
    }
    const [left] = await world.sql`
    select count(*)::int as n from auth.sessions where user_id = ${arta.id}`;
    assert.equal(left?.["n"], 0);
    assert.deepEqual((await asked()).data ?? [], []);
  },
);

testAuth(
  "a new password is on the audit log and told by mail, in the person's language",
  async (world) => {
    const ana = await world.account("mk", "mk");
    await choose(world, await world.resetToken(ana), NEW);
    await world.background.settled();
    const [row] = await world.sql`
    select tenant_id, actor_id, entity_type, metadata from audit_log
    where action = 'auth.password_reset_completed' and entity_id = ${ana.id}`;
    assert.deepEqual({ ...row }, {
      "tenant_id": "mk",
      "actor_id": ana.id,
      "entity_type": "profile",
      metadata: {},
    });
    const [mail] = await world.mailsTo(ana.email);
    assert.equal(mail?.subject, "Вашата лозинка е сменета");
    assert.match(mail?.html ?? "", /mk\/forgot-password/);
    assert.deepEqual(world.logged, []);
  },
);

testAuth("codes that are none, and bodies that are none, change nothing", async (world) => {
  for (const token of ["0".repeat(56), "pkce_abc", "a".repeat(512)]) {
    assert.equal((await choose(world, token, NEW)).status, 410, token);
  }
  for (
    const body of [
      "",
      "null",
      {},
      { token: "abc" },
      { password: NEW },
      { token: "", password: NEW },
      { token: "a b", password: NEW },
      { token: "a".repeat(513), password: NEW },
      { token: "abc", password: 12_345_678 },
      { token: ["abc"], password: NEW },
    ]
  ) assert.equal((await world.ask("/auth/reset-password", body)).status, 400, JSON.stringify(body));
  const strange = await world.open("/auth/reset-password/a%20b");
  assert.equal(strange.headers.get("location"), `${SITE.origin}/sq/reset-password`);
});

testAuth("too many tries with one link are refused", async (world) => {
  const token = crypto.randomUUID();
  const statuses = [];
  for (let i = 0; i < 31; i++) statuses.push((await choose(world, token, "short")).status);
  assert.deepEqual([statuses.at(0), statuses.at(29), statuses.at(30)], [422, 422, 429]);
});
