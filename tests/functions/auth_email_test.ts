import assert from "node:assert/strict";
import { type Account, type AuthWorld, stranger, testAuth } from "./auth_support.ts";

function change(world: AuthWorld, account: Account, present: string, email: string) {
  const headers = { authorization: `Bearer ${account.accessToken}` };
  return world.ask("/auth/change-email", { present, email }, headers);
}

const fresh = () => `new-${crypto.randomUUID()}@example.test`;

/** The code in the link of the newest mail to an address. */
async function codeFor(world: AuthWorld, email: string): Promise<string> {
  const [mail] = await world.mailsTo(email);
  const code = /\/confirm\/email\/([A-Za-z0-9_.~%-]+)/.exec(mail?.html ?? "")?.[1];
  assert.ok(code, world.logged.join("\n"));
  return decodeURIComponent(code);
}

async function addressOf(world: AuthWorld, { id }: Account): Promise<unknown> {
  const [row] = await world.sql`select email from profiles where id = ${id}`;
  return row?.["email"];
}

testAuth("nobody asks for another address without session, password or sense", async (world) => {
  const arta = await world.account();
  const body = { present: arta.password, email: fresh() };
  for (const authorization of ["", "Bearer", "Bearer nonsense", `Basic ${arta.accessToken}`]) {
    const answer = await world.ask("/auth/change-email", body, { authorization });
    assert.equal(answer.status, 401, authorization);
  }
  for (
    const [present, email, status, code] of [
      ["not the one", fresh(), 422, "wrong_password"],
      [arta.password, arta.email.toUpperCase(), 422, "same_email"],
      [arta.password, "no address", 400, "malformed"],
      [arta.password, "a\r\nbcc: b@example.test", 400, "malformed"],
    ] as const
  ) {
    const answer = await change(world, arta, present, email);
    assert.equal(answer.status, status, email);
    assert.equal((await answer.json()).error.code, code);
  }
  await world.background.settled();
  const [left] = await world.sql`
    select count(*)::int as n from auth.sessions where user_id = ${arta.id}`;
  assert.equal(left?.["n"], 1, "no session is left behind");
  await world.sql`delete from auth.sessions where user_id = ${arta.id}`;
  assert.equal((await change(world, arta, arta.password, fresh())).status, 401);
  assert.equal(await addressOf(world, arta), arta.email);
});

testAuth("an open session is no place to guess the password by this door either", async (world) => {
  const arta = await world.account();
  const statuses = [];
  for (let i = 0; i < 11; i++) {
    statuses.push((await change(world, arta, `guess ${i}`, fresh())).status);
  }
  assert.deepEqual([statuses[0], statuses[9], statuses[10]], [422, 422, 429]);
});

testAuth(
  "the answer is the same for an address that is somebody's, who hears nothing",
  async (world) => {
    const [arta, besa] = [await world.account(), await world.account()];
    const before = (await world.mailsTo(besa.email)).length;
    const taken = await change(world, arta, arta.password, besa.email);
    const free = await change(world, arta, arta.password, fresh());
    assert.equal(taken.status, free.status);
    assert.equal(await taken.text(), await free.text());
    await world.background.settled();
    assert.equal((await world.mailsTo(besa.email)).length, before);
    const [left] = await world.sql`
    select count(*)::int as n from auth.sessions where user_id = ${arta.id}`;
    assert.equal(left?.["n"], 1);
  },
);

testAuth(
  "the new address confirms by the link, once, and the former one is told",
  async (world) => {
    const arta = await world.account();
    const email = fresh();
    assert.equal((await change(world, arta, arta.password, email)).status, 200);
    await world.background.settled();
    assert.equal(await addressOf(world, arta), arta.email, "asking changes nothing");
    const token = await codeFor(world, email);
    for (const body of [{}, { token: "a b" }, { token: "" }]) {
      assert.equal((await world.ask("/auth/confirm-email", body)).status, 400);
    }
    assert.equal((await world.ask("/auth/confirm-email", { token: "guess" })).status, 410);
    assert.equal((await world.open("/auth/confirm-email")).status, 405);

    const answer = await world.ask("/auth/confirm-email", { token });
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { result: "confirmed" });
    await world.background.settled();
    assert.equal(await addressOf(world, arta), email);
    const [told] = await world.mailsTo(arta.email);
    assert.equal(told?.subject, "Adresa juaj e e-mailit u ndryshua");
    assert.doesNotMatch(told?.html ?? "", new RegExp(email), "nobody learns where it went");
    assert.equal((await world.ask("/auth/confirm-email", { token })).status, 410);

    const rows = await world.sql`
    select action, metadata::text from audit_log
    where entity_id = ${arta.id} and action like 'auth.email%' order by seq`;
    assert.deepEqual(rows.map((row) => [row["action"], row["metadata"]]), [
      ["auth.email_change_requested", "{}"],
      ["auth.email_changed", "{}"],
    ]);
    const old = await stranger().auth.signInWithPassword(arta);
    assert.ok(old.error, "the former address signs nobody in");
    await world.signIn({ email, password: arta.password });
  },
);

/** Makes somebody's address another one, with a customer of Paddle's that had the former. */
async function moveWithCustomer(world: AuthWorld, arta: Account, customer: string) {
  const email = fresh();
  await world.sql`
    insert into billing_customers (provider_customer_id, user_id, tenant_id, email)
    values (${customer}, ${arta.id}, 'ks', ${arta.email})`;
  await change(world, arta, arta.password, email);
  await world.background.settled();
  await world.ask("/auth/confirm-email", { token: await codeFor(world, email) });
  await world.background.settled();
  const [row] = await world.sql`
    select address_due_at from billing_customers where provider_customer_id = ${customer}`;
  return { email, due: row?.["address_due_at"] ?? null };
}

const PADDLE = {
  PADDLE_API_KEY: Deno.env.get("PADDLE_API_KEY") ?? "",
  PADDLE_API_URL: Deno.env.get("PADDLE_API_URL") ?? "",
};

async function askPaddle(method: string, path: string, body?: object) {
  const answer = await fetch(`${PADDLE.PADDLE_API_URL}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${PADDLE.PADDLE_API_KEY}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()).data as { readonly id: string; readonly email: string };
}

testAuth("Paddle is told where invoices went to the former address", async (world) => {
  const arta = await world.account();
  const customer = await askPaddle("POST", "/customers", { email: arta.email });
  const { email, due } = await moveWithCustomer(world, arta, customer.id);
  assert.equal((await askPaddle("GET", `/customers/${customer.id}`)).email, email);
  assert.equal(due, null);
}, PADDLE);

testAuth("what Paddle refuses is not tried for ever", async (world) => {
  const arta = await world.account();
  const customer = `ctm_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;
  const { due } = await moveWithCustomer(world, arta, customer);
  assert.equal(due, null);
  assert.match(world.logged.join("\n"), new RegExp(`keeps a former address.*${customer}`));
}, PADDLE);

testAuth("while Paddle does not answer, it stays due", async (world) => {
  const arta = await world.account();
  const { due } = await moveWithCustomer(world, arta, `ctm_${arta.id.replaceAll("-", "")}`);
  assert.ok(due instanceof Date);
  await world.sql`delete from billing_customers where user_id = ${arta.id}`;
});

testAuth("no more than five links an hour go to one address, whoever asks", async (world) => {
  const email = fresh();
  for (let i = 0; i < 6; i++) {
    const person = await world.account();
    assert.equal((await change(world, person, person.password, email)).status, 200);
    await world.background.settled();
  }
  assert.equal((await world.mailsTo(email)).length, 5);
});
