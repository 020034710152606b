/** The first password of a member whose payment by hand was approved: mail, link, account. */
import assert from "node:assert/strict";
import { createOutreachJobs } from "@core/outreach/jobs.ts";
import { systemClock } from "@core/platform/clock.ts";
import { type AuthWorld, testAuth } from "./auth_support.ts";
import { testEnv } from "./support.ts";

/** Longer than bcrypt reads, told to Auth as every other door tells it. */
const PASSWORD = "сосема нова лозинка, која има повеќе од 72 бајти";

/** A member who bought from an agent, and has no password. */
async function sold({ sql }: AuthWorld, locale = "sq") {
  const email = `${crypto.randomUUID()}@lead.test`;
  const person = async (role: string) => {
    const [row] = await sql<{ id: string }[]>`
      insert into auth.users (id, aud, role, email, raw_user_meta_data)
      values (gen_random_uuid(), 'authenticated', 'authenticated',
        ${`${crypto.randomUUID()}@example.test`}, '{"tenant": "ks"}')
      returning id`;
    await sql`
      update public.profiles
      set role = ${role},
        branch_id = (select id from public.branches where tenant_id = 'ks' and code = 'KS-A')
      where id = ${row?.id ?? ""}`;
    return row?.id ?? "";
  };
  const as = <T>(id: string, work: (tx: typeof sql) => Promise<T>) =>
    sql.begin(async (tx) => {
      await tx`
        select set_config('role', 'authenticated', true),
          set_config('request.jwt.claim.sub', ${id}, true),
          set_config('request.jwt.claims', ${JSON.stringify({ sub: id })}, true)`;
      return await work(tx as unknown as typeof sql);
    }) as Promise<T>;
  const agent = await person("agent");
  const manager = await person("branch_manager");
  const [payment] = await as(agent, (tx) =>
    tx<{ id: string }[]>`
      select private.record_cash(
        private.create_lead('Arta', 'Berisha', ${email}, null, ${locale}, null, null),
        (select id from public.membership_plans where tenant_id = 'ks' and tier = 'standard'),
        null, now(), null
      ) as id`);
  const [member] = await as(
    manager,
    (tx) => tx<{ id: string }[]>`select private.approve_cash(${payment?.id ?? ""}) as id`,
  );
  return { email, id: member?.id ?? "", agent, manager, as };
}

/** Has due mails sent, by the job that sends them. */
async function sendMails({ db }: AuthWorld): Promise<void> {
  const names = ["SUPABASE_URL", "SITE_URL", "RESEND_API_KEY", "RESEND_BASE_URL", "CRON_SECRET"];
  const env = testEnv({
    ...Object.fromEntries(names.map((name) => [name, Deno.env.get(name) ?? ""])),
    RESEND_MAX_RPS: "4",
  });
  await createOutreachJobs({ env, db, clock: systemClock }, 20_000).mails();
}

function linkIn(html: string | undefined): string {
  return /\/sq\/welcome\/([A-Za-z0-9_-]{43})"/.exec(html ?? "")?.[1] ?? "no code";
}

testAuth(
  "approving a payment mails a link by which the member chooses a password",
  async (world) => {
    const { email, id, agent, as } = await sold(world);
    const progress = async () =>
      (await as(agent, (tx) => tx`select private.welcome_progress(${id}) as state`))[0]?.["state"];
    assert.equal(await progress(), "waiting");
    await sendMails(world);
    const mails = await world.mailsTo(email);
    assert.equal(mails.length, 1, "one mail, and no other welcome");
    assert.match(mails[0]?.html ?? "", /MEM-20\d\d-\d{6}/);
    const token = linkIn(mails[0]?.html);
    assert.match(token, /^[\w-]{43}$/);
    assert.equal(await progress(), "sent");
    const [kept] = await world.sql`select token_hash from welcome_tokens where user_id = ${id}`;
    assert.notEqual(kept?.["token_hash"], token, "the code itself is not kept");

    const weak = await world.ask("/auth/claim-account", { token, password: "ArtaBerisha1" });
    assert.equal(weak.status, 422);
    const claimed = await world.ask("/auth/claim-account", { token, password: PASSWORD });
    assert.deepEqual([claimed.status, await claimed.json()], [200, { result: "claimed", email }]);
    const account = await world.signIn({ email, password: PASSWORD });
    assert.equal(account.id, id, "Auth takes the password, and the address as confirmed");
    assert.equal(await progress(), "claimed");
    const [access] = await world.sql`select public.membership_access(${id}) as now`;
    assert.equal(access?.["now"], "active");
  },
);

testAuth("of many who use a link at once one chooses the password", async (world) => {
  const { email } = await sold(world);
  await sendMails(world);
  const token = linkIn((await world.mailsTo(email))[0]?.html);
  const passwords = Array.from({ length: 6 }, (_, at) => `${PASSWORD} ${at}`);
  const answers = await Promise.all(
    passwords.map((password) => world.ask("/auth/claim-account", { token, password })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 410, 410, 410, 410, 410]);
  const chosen = passwords[answers.findIndex(({ status }) => status === 200)] ?? "";
  for (const password of passwords) {
    const signIn = world.signIn({ email, password });
    if (password === chosen) await signIn;
    else await assert.rejects(signIn);
  }
  const again = await world.ask("/auth/claim-account", { token, password: PASSWORD });
  assert.equal((await again.json()).error.code, "used");
});

testAuth("a link that is over or nobody's changes nothing", async (world) => {
  const { email, id } = await sold(world);
  await sendMails(world);
  const token = linkIn((await world.mailsTo(email))[0]?.html);
  await world.sql`update welcome_tokens set expires_at = now() where user_id = ${id}`;
  const over = await world.ask("/auth/claim-account", { token, password: PASSWORD });
  assert.deepEqual([over.status, (await over.json()).error.code], [410, "expired"]);
  const nobody = await world.ask("/auth/claim-account", {
    token: "A".repeat(43),
    password: PASSWORD,
  });
  assert.equal(nobody.status, 404);
  for (const body of ["", "{}", { token: "x", password: PASSWORD }, { token }]) {
    assert.equal((await world.ask("/auth/claim-account", body)).status, 400);
  }
  await assert.rejects(world.signIn({ email, password: "" }), "an empty password is none");
  await assert.rejects(world.signIn({ email, password: PASSWORD }));
  const [account] = await world.sql`select encrypted_password from auth.users where id = ${id}`;
  assert.equal(account?.["encrypted_password"], "");
});

testAuth("who never used the link chooses a password by the usual way", async (world) => {
  const { email, id } = await sold(world);
  const token = await world.resetToken({ email });
  const answer = await world.ask("/auth/reset-password", { token, password: PASSWORD });
  assert.equal(answer.status, 200);
  assert.equal((await world.signIn({ email, password: PASSWORD })).id, id);
});
