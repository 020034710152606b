import assert from "node:assert/strict";
import { hashOfToken } from "@core/claims/link_token.ts";
import { type Account, type AuthWorld, testAuth } from "./auth_support.ts";

const newAddress = () => `invited-${crypto.randomUUID()}@auth.test`;

async function withRole(world: AuthWorld, role: string, tenant = "ks"): Promise<Account> {
  const account = await world.account(tenant);
  await world.sql`
    update profiles
    set role = ${role},
        branch_id = (select id from branches where tenant_id = ${tenant} and is_active limit 1)
    where id = ${account.id}`;
  return account;
}

function ask(world: AuthWorld, by: Account, body: object, path = "/auth/invitations") {
  return world.ask(path, body, { authorization: `Bearer ${by.accessToken}` });
}

async function tokenOf(world: AuthWorld, email: string, at = 0): Promise<string> {
  const mail = (await world.mailsTo(email))[at];
  return /\/invitation\/([\w-]{43})"/.exec(mail?.html ?? "")?.[1] ?? "no token";
}

testAuth(
  "an administrator invites: the mail has the link, the database its hash",
  async (world) => {
    const admin = await withRole(world, "tenant_admin", "mk");
    const email = newAddress();
    const answer = await ask(world, admin, { email, role: "staff", locale: "mk", fullName: "Ana" });
    assert.equal(answer.status, 201);
    const { id, mail } = await answer.json();
    assert.equal(mail, "sent");
    const token = await tokenOf(world, email);
    const [sent] = await world.mailsTo(email);
    const site = new URL(Deno.env.get("SITE_URL") ?? "");
    assert.match(sent?.html ?? "", new RegExp(`http://mk.localhost:${site.port}/mk/invitation/`));
    assert.match(sent?.subject ?? "", /Покана/);
    const [row] = await world.sql`
    select tenant_id, role, token_hash, invited_by, expires_at - created_at as lives
    from invitations where id = ${id}`;
    assert.equal(row?.["token_hash"], await hashOfToken(token));
    assert.deepEqual([row?.["tenant_id"], row?.["role"], row?.["invited_by"]], [
      "mk",
      "staff",
      admin.id,
    ]);
    const ledger = await world.sql`
    select * from engagement_email_sends where invitation_id = ${id}`;
    assert.equal(ledger[0]?.["status"], "sent");
    assert.doesNotMatch(JSON.stringify([...ledger, row]), new RegExp(token));
  },
);

testAuth("a renewal sends another link, and the former one is worth nothing", async (world) => {
  const admin = await withRole(world, "tenant_admin");
  const email = newAddress();
  const { id } = await (await ask(world, admin, { email, role: "staff" })).json();
  const former = await tokenOf(world, email);
  const again = await ask(world, admin, { email, role: "tenant_admin" });
  assert.equal(again.status, 409);
  assert.equal((await again.json()).error.code, "already_open");
  const renewed = await ask(world, admin, {}, `/auth/invitations/${id}/renew`);
  assert.deepEqual([renewed.status, await renewed.json()], [200, { id, mail: "sent" }]);
  const token = await tokenOf(world, email);
  assert.notEqual(token, former);
  const state = async (of: string) =>
    (await world.sql`select state from private.invitation_by_token(${await hashOfToken(of)})`)[0]
      ?.["state"];
  assert.deepEqual([await state(token), await state(former)], ["open", "unknown"]);
});

testAuth(
  "nobody invites to what is not theirs to give, nor without a living session",
  async (world) => {
    const [member, staff, agent] = [
      await world.account(),
      await withRole(world, "staff"),
      await withRole(world, "agent"),
    ];
    const admin = await withRole(world, "tenant_admin");
    const email = newAddress();
    for (
      const [by, role, status] of [
        [member, "member", 403],
        [staff, "member", 403],
        [agent, "staff", 403],
        [agent, "tenant_admin", 403],
        [admin, "super_admin", 403],
        [admin, "agent", 422],
        [admin, "owner", 400],
      ] as const
    ) {
      const answer = await ask(world, by, { email, role });
      assert.equal(answer.status, status, `${by.id} ${role}`);
      await answer.body?.cancel();
    }
    for (const authorization of ["", "Bearer nonsense"]) {
      const answer = await world.ask("/auth/invitations", { email, role: "staff" }, {
        authorization,
      });
      assert.equal(answer.status, 401);
    }
    await world.sql`delete from auth.sessions where user_id = ${admin.id}`;
    assert.equal((await ask(world, admin, { email, role: "staff" })).status, 401);
    const other = await withRole(world, "tenant_admin", "mk");
    const mine = await withRole(world, "tenant_admin");
    const { id } = await (await ask(world, mine, { email, role: "staff" })).json();
    for (const unknown of [id, crypto.randomUUID(), "no-id"]) {
      const answer = await ask(world, other, {}, `/auth/invitations/${unknown}/renew`);
      assert.equal(answer.status, 404, unknown);
    }
    assert.equal((await world.mailsTo(email)).length, 1);
  },
);

testAuth("an agent invites members, who become theirs", async (world) => {
  const agent = await withRole(world, "agent");
  const email = newAddress();
  const answer = await ask(world, agent, { email, role: "member", locale: "en" });
  assert.equal(answer.status, 201);
  const { id } = await answer.json();
  const [row] = await world.sql`select agent_id, role from invitations where id = ${id}`;
  assert.deepEqual({ ...row }, { "agent_id": agent.id, role: "member" });
  const [mail] = await world.mailsTo(email);
  assert.equal(mail?.subject, "An invitation to become a member");
});
