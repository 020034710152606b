import assert from "node:assert/strict";
import { signDelivery } from "@core/platform/webhook_signature.ts";
import { type Account, type AuthWorld, testAuth } from "./auth_support.ts";

const SECRET = `v1,whsec_${btoa("a secret of the mail hook")}`;
const OTHER = `v1,whsec_${btoa("another secret of the hook")}`;
const SECRETS = { SEND_EMAIL_HOOK_SECRET: SECRET };

interface Delivery {
  readonly id?: string;
  readonly at?: number;
  readonly secret?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

function bodyFor(
  account: Pick<Account, "id" | "email">,
  kind = "recovery",
  over: object = {},
  redirectTo = "http://localhost:8000/",
) {
  return JSON.stringify({
    user: { id: account.id, email: account.email, ...over },
    "email_data": {
      token: "305805",
      "token_hash": "7d5b7b1964cf5d388340a7f04f1dbb5eeb6c7b52ef8270e1737a58d0",
      "redirect_to": redirectTo,
      "email_action_type": kind,
      "site_url": "http://localhost:8000",
      "token_new": "",
      "token_hash_new": "",
    },
  });
}

async function deliver(world: AuthWorld, delivery: Delivery): Promise<Response> {
  const { id = `msg_${crypto.randomUUID()}`, secret = SECRET, body = "{}" } = delivery;
  const timestamp = String(Math.floor((delivery.at ?? Date.now()) / 1_000));
  const bytes = new TextEncoder().encode(body);
  return await world.ask("/auth/send-email", body, {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": await signDelivery(secret, { id, timestamp }, bytes),
    ...delivery.headers,
  });
}

testAuth("a signed request sends the mail, and again sends nothing again", async (world) => {
  const arta = await world.account();
  const delivery = { id: `msg_${crypto.randomUUID()}`, body: bodyFor(arta) };
  for (let i = 0; i < 3; i++) {
    const answer = await deliver(world, delivery);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), {});
  }
  const mails = await world.mailsTo(arta.email);
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.html ?? "", /reset-password\/7d5b7b1964cf5d38/);
  const rows = await world.sql`
    select status, facts, params from engagement_email_sends where user_id = ${arta.id}`;
  assert.deepEqual(rows.map((row) => ({ ...row })), [{ status: "sent", facts: null, params: {} }]);
}, SECRETS);

testAuth(
  "what Auth did not sign sends nothing: wrong, old, early, tampered, unsigned",
  async (world) => {
    const arta = await world.account();
    const body = bodyFor(arta);
    for (
      const [delivery, status] of [
        [{ body, secret: OTHER }, 401],
        [{ body, at: Date.now() - 6 * 60_000 }, 401],
        [{ body, at: Date.now() + 6 * 60_000 }, 401],
        [{ body, headers: { "webhook-id": "msg_other" } }, 401],
        [{ body, headers: { "webhook-signature": `v1,${btoa("x".repeat(32))}` } }, 401],
        [{ body, headers: { "webhook-signature": "v1,short" } }, 400],
        [{ body, headers: { "webhook-signature": "" } }, 400],
        [{ body, headers: { "webhook-timestamp": "soon" } }, 400],
      ] as const
    ) {
      const answer = await deliver(world, delivery);
      assert.equal(answer.status, status, JSON.stringify(delivery));
    }
    const genuine = `msg_${crypto.randomUUID()}`;
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = await signDelivery(
      SECRET,
      { id: genuine, timestamp },
      new TextEncoder().encode(body),
    );
    const tampered = await world.ask("/auth/send-email", body.replace("305805", "305806"), {
      "webhook-id": genuine,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    });
    assert.equal(tampered.status, 401);
    assert.deepEqual(await world.mailsTo(arta.email), []);
  },
  SECRETS,
);

testAuth("while the secret is rotated both are good", async (world) => {
  const arta = await world.account();
  for (const secret of [SECRET, OTHER]) {
    assert.equal((await deliver(world, { body: bodyFor(arta), secret })).status, 200);
  }
}, { SEND_EMAIL_HOOK_SECRET: `${OTHER}|${SECRET}` });

testAuth("without a secret nothing is sent for anybody", async (world) => {
  const arta = await world.account();
  const answer = await deliver(world, { body: bodyFor(arta) });
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).error.code, "not_configured");
}, { SEND_EMAIL_HOOK_SECRET: "" });

testAuth(
  "who signs up or changes the address confirms by a page, not by the link",
  async (world) => {
    const arta = await world.account();
    const address = `new-${crypto.randomUUID()}@auth.test`;
    await deliver(world, { body: bodyFor(arta, "signup") });
    await deliver(world, { body: bodyFor(arta, "email_change", { "new_email": address }) });
    const [signup] = await world.mailsTo(arta.email);
    const [change] = await world.mailsTo(address);
    assert.match(signup?.html ?? "", /\/sq\/confirm\/signup\/7d5b7b1964cf5d38/);
    assert.match(change?.html ?? "", /\/sq\/confirm\/email\/7d5b7b1964cf5d38/);
  },
  SECRETS,
);

testAuth(
  "who was invited goes on to the invitation from the mail that confirms the address",
  async (world) => {
    const arta = await world.account();
    const invitation = `/sq/invitation/${"k".repeat(43)}`;
    const site = Deno.env.get("SITE_URL") ?? "";
    for (
      const [redirect, next] of [
        [`${site}${invitation}`, `?next=${encodeURIComponent(invitation)}`],
        [`${site}/sq/login`, ""],
        [`https://evil.example${invitation}`, ""],
        [`${site}/sq/invitation/short`, ""],
      ] as const
    ) {
      const answer = await deliver(world, { body: bodyFor(arta, "signup", {}, redirect) });
      assert.equal(answer.status, 200, `${redirect}: ${world.logged.join("\n")}`);
      const [mail] = await world.mailsTo(arta.email);
      const link = /\/sq\/confirm\/signup\/7d5b7b1964cf5d38[^"]*/.exec(mail?.html ?? "")?.[0] ?? "";
      assert.ok(link.endsWith(next), `${redirect}: ${link}`);
      assert.equal(link.includes("?"), next !== "", redirect);
    }
  },
  SECRETS,
);

testAuth(
  "kinds that we do not send, and bodies that ask for nothing, are refused clearly",
  async (world) => {
    const arta = await world.account();
    for (const kind of ["magiclink", "invite", "reauthentication", "constructor", ""]) {
      const answer = await deliver(world, { body: bodyFor(arta, kind) });
      assert.equal(answer.status, 422, kind);
      assert.equal((await answer.json()).error.code, "unsupported_mail");
    }
    for (const body of ["", "null", "[]", "{}", bodyFor({ id: "no id", email: "x" })]) {
      assert.equal((await deliver(world, { body })).status, 400, body);
    }
    const stranger = { id: crypto.randomUUID(), email: "stranger@auth.test" };
    assert.equal((await deliver(world, { body: bodyFor(stranger) })).status, 200);
    assert.deepEqual(await world.mailsTo(stranger.email), []);
  },
  SECRETS,
);

testAuth("Auth is told if the mail could not be sent", async (world) => {
  const arta = await world.account();
  const answer = await deliver(world, { body: bodyFor(arta) });
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).error.code, "mail_not_sent");
}, { ...SECRETS, RESEND_BASE_URL: "http://127.0.0.1:1" });

testAuth(
  "who asks Auth directly has no more than eight links an hour sent to somebody",
  async (world) => {
    const arta = await world.account();
    // Mails go out at a pace, so Auth may be told to ask again; the ledger has each that was begun.
    let last = 0;
    for (let turn = 0; turn < 10; turn++) {
      last = (await deliver(world, { body: bodyFor(arta) })).status;
    }
    assert.equal(last, 200);
    const [ledger] = await world.sql<{ count: number }[]>`
      select count(*)::int as count from public.engagement_email_sends where user_id = ${arta.id}`;
    assert.equal(ledger?.count, 8);
  },
  SECRETS,
);
