import assert from "node:assert/strict";
import { Resend } from "resend";
import { createDeliveryVerifier, readDelivery } from "@core/platform/webhook_signature.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { createInbox, type InboxOptions, startInbox } from "./server.ts";

const apiKey = "re_local_test";
const mail = {
  from: "Membership <hello@example.com>",
  to: "arta@example.com",
  subject: "Welcome",
  html: "<p>Hello <b>Arta</b></p>",
  text: "Hello Arta",
};

function quiet(options: Partial<InboxOptions> = {}) {
  return createInbox({ apiKey, requestsPerSecond: 0, ...options });
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Request {
  return new Request(`http://inbox.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

function get(path: string): Request {
  return new Request(`http://inbox.test${path}`);
}

Deno.test("Resend's SDK sends, batches and reads back through startInbox()", async () => {
  const inbox = await startInbox({ apiKey, port: 0, requestsPerSecond: 0 });
  const resend = new Resend(apiKey, { baseUrl: inbox.url });

  const sent = await resend.emails.send(
    { ...mail, tags: [{ name: "template", value: "dunning_day_0" }], headers: { "X-Ref": "7" } },
    { idempotencyKey: "dunning/1" },
  );
  assert.equal(sent.error, null);
  const again = await resend.emails.send(
    { ...mail, tags: [{ name: "template", value: "dunning_day_0" }], headers: { "X-Ref": "7" } },
    { idempotencyKey: "dunning/1" },
  );
  assert.equal(again.data?.id, sent.data?.id);
  const other = await resend.emails.send({ ...mail, subject: "Other" }, {
    idempotencyKey: "dunning/1",
  });
  assert.equal(other.error?.name, "invalid_idempotent_request");
  assert.equal(other.error?.statusCode, 409);

  const batch = await resend.batch.send([mail, { ...mail, to: ["besa@example.com"] }]);
  assert.equal(batch.data?.data.length, 2);
  const read = await resend.emails.get(sent.data?.id ?? "");
  assert.equal(read.data?.subject, "Welcome");

  const listed = await (await fetch(`${inbox.url}/api/messages`)).json();
  assert.equal(listed.length, 3);
  const first = listed.at(-1);
  assert.deepEqual(first.to, ["arta@example.com"]);
  assert.deepEqual(first.headers, { "X-Ref": "7" });
  assert.deepEqual(first.tags, [{ name: "template", value: "dunning_day_0" }]);
  for (const key of ["id", "subject", "html", "text", "created_at"]) assert.ok(first[key], key);
  await inbox.stop();
});

Deno.test("Resend's SDK tells a missing key from a wrong one", async () => {
  const inbox = await startInbox({ apiKey, port: 0 });
  const wrong = await new Resend("re_wrong", { baseUrl: inbox.url }).emails.send(mail);
  assert.equal(wrong.error?.name, "invalid_api_key");
  assert.equal(wrong.error?.statusCode, 403);
  const missing = await fetch(`${inbox.url}/emails`, { method: "POST", body: "{}" });
  assert.equal(missing.status, 401);
  assert.equal((await missing.json()).name, "missing_api_key");
  await inbox.stop();
});

Deno.test("POST /emails refuses what Resend refuses", async () => {
  const inbox = await quiet();
  const cases: [string, unknown, number, string][] = [
    ["no from", { ...mail, from: undefined }, 422, "missing_required_field"],
    ["no to", { ...mail, to: [] }, 422, "missing_required_field"],
    ["no subject", { ...mail, subject: "" }, 422, "missing_required_field"],
    ["no body", { ...mail, html: undefined, text: undefined }, 422, "validation_error"],
    ["bad address", { ...mail, to: "arta at example.com" }, 422, "validation_error"],
    ["bad sender", { ...mail, from: "Membership hello@example" }, 422, "validation_error"],
    ["51 recipients", { ...mail, to: Array(51).fill("a@example.com") }, 422, "validation_error"],
    [
      "header injection",
      { ...mail, headers: { "X-A": "1\r\nBcc: x@example.com" } },
      422,
      "validation_error",
    ],
    ["odd tag", { ...mail, tags: [{ name: "a b", value: "c" }] }, 422, "validation_error"],
    ["array", [mail], 422, "validation_error"],
    ["no JSON", "{", 422, "validation_error"],
    ["html of wrong type", { ...mail, html: 5 }, 422, "validation_error"],
  ];
  for (const [name, body, status, errorName] of cases) {
    const response = await inbox.fetch(post("/emails", body));
    const answer = await response.json();
    assert.equal(response.status, status, name);
    assert.equal(answer.name, errorName, name);
    assert.equal(answer.statusCode, status, name);
    assert.equal(typeof answer.message, "string", name);
  }
  assert.equal(inbox.messages.list().length, 0);
  const fifty = await inbox.fetch(
    post("/emails", { ...mail, to: Array(50).fill("a@example.com") }),
  );
  assert.equal(fifty.status, 200);
});

Deno.test("POST /emails/batch takes all or nothing, and 100 at most", async () => {
  const inbox = await quiet();
  const one = await inbox.fetch(post("/emails/batch", [mail, { ...mail, to: "nobody" }]));
  assert.equal(one.status, 422);
  assert.match((await one.json()).message, /^Email 1: /);
  assert.equal(inbox.messages.list().length, 0);
  assert.equal((await inbox.fetch(post("/emails/batch", Array(101).fill(mail)))).status, 422);
  const full = await inbox.fetch(post("/emails/batch", Array(100).fill(mail)));
  assert.equal((await full.json()).data.length, 100);
});

Deno.test("An idempotency key is bound to its body for 24 hours", async () => {
  let now = Date.UTC(2026, 0, 1);
  const inbox = await quiet({ now: () => now });
  const key = { "idempotency-key": "welcome/1" };
  const first = await (await inbox.fetch(post("/emails", mail, key))).json();
  now += 24 * 3600 * 1000 - 1;
  assert.deepEqual(await (await inbox.fetch(post("/emails", mail, key))).json(), first);
  assert.equal((await inbox.fetch(post("/emails", { ...mail, text: "x" }, key))).status, 409);
  assert.equal((await inbox.fetch(post("/emails/batch", [mail], key))).status, 409);
  now += 1;
  assert.notDeepEqual(await (await inbox.fetch(post("/emails", mail, key))).json(), first);
  const long = { "idempotency-key": "k".repeat(257) };
  const refused = await inbox.fetch(post("/emails", mail, long));
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).name, "invalid_idempotency_key");
});

Deno.test("A refused mail does not use its idempotency key up", async () => {
  const inbox = await quiet();
  const key = { "idempotency-key": "welcome/2" };
  assert.equal((await inbox.fetch(post("/emails", { ...mail, to: "" }, key))).status, 422);
  assert.equal((await inbox.fetch(post("/emails", mail, key))).status, 200);
});

Deno.test("Two requests with one key at once: one is told to wait", async () => {
  const keys = new IdempotencyKeys(() => 1_000_000);
  const accepted = Promise.withResolvers<{ id: string }>();
  const first = keys.once("welcome/3", "hash", () => accepted.promise);
  // The first one is still being worked on, however long that takes.
  await assert.rejects(keys.once("welcome/3", "hash", () => Promise.resolve({ id: "two" })), {
    errorName: "concurrent_idempotent_requests",
    status: 409,
  });
  accepted.resolve({ id: "one" });
  assert.deepEqual(await first, { id: "one" });
  const again = await keys.once("welcome/3", "hash", () => Promise.resolve({ id: "three" }));
  assert.deepEqual(again, { id: "one" });
});

Deno.test("The rate limit answers 429 with retry-after and frees up a second later", async () => {
  let now = 1_000_000;
  const inbox = await createInbox({ apiKey, requestsPerSecond: 2, now: () => now });
  const first = await inbox.fetch(post("/emails", mail));
  assert.equal(first.headers.get("ratelimit-limit"), "2");
  assert.equal(first.headers.get("ratelimit-remaining"), "1");
  await inbox.fetch(post("/emails", mail));
  const third = await inbox.fetch(post("/emails", mail));
  assert.equal(third.status, 429);
  assert.equal((await third.json()).name, "rate_limit_exceeded");
  assert.equal(third.headers.get("retry-after"), "1");
  assert.equal(third.headers.get("ratelimit-remaining"), "0");
  now += 1000;
  assert.equal((await inbox.fetch(post("/emails", mail))).status, 200);
});

Deno.test("Faults strike as often as asked, then stop", async () => {
  const inbox = await quiet();
  const faulty = async (fault: unknown) => {
    const set = await inbox.fetch(post("/api/faults", fault));
    assert.equal(set.status, 201);
  };
  const send = async () => await inbox.fetch(post("/emails", mail));

  await faulty({ kind: "500", count: 2 });
  assert.deepEqual([(await send()).status, (await send()).status, (await send()).status], [
    500,
    500,
    200,
  ]);
  await faulty({ kind: "429", count: 1 });
  assert.equal((await send()).headers.get("retry-after"), "1");
  await faulty({ kind: "quota" });
  assert.equal((await (await send()).json()).name, "daily_quota_exceeded");
  assert.equal((await send()).status, 429);
  await inbox.fetch(new Request("http://inbox.test/api/faults", { method: "DELETE" }));
  assert.equal((await send()).status, 200);
  assert.equal((await inbox.fetch(post("/api/faults", { kind: "nonsense" }))).status, 422);
});

Deno.test("hang_after_accept keeps the mail and never answers; a retry with the key gets its id", async () => {
  const inbox = await quiet();
  inbox.faults.add({ kind: "hang_after_accept", count: 1 });
  const key = { "idempotency-key": "welcome/4" };
  const gone = new AbortController();
  const request = new Request(post("/emails", mail, key), { signal: gone.signal });
  const hanging = inbox.fetch(request);
  while (inbox.messages.list().length === 0) await new Promise((next) => setTimeout(next, 1));
  gone.abort();
  assert.equal((await hanging).status, 504);
  const retried = await (await inbox.fetch(post("/emails", mail, key))).json();
  assert.equal(inbox.messages.list().length, 1);
  assert.equal(retried.id, inbox.messages.list()[0]?.id);
});

Deno.test("A fault by ratio follows the dice", async () => {
  const dice = [0.1, 0.9, 0.4];
  const inbox = await quiet({ random: () => dice.shift() ?? 1 });
  inbox.faults.add({ kind: "500", ratio: 0.5 });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await inbox.fetch(post("/emails", mail))).status);
  assert.deepEqual(statuses, [500, 200, 500]);
});

Deno.test("A restart keeps mails and keys, and drops a torn line", async () => {
  const path = await Deno.makeTempFile();
  const key = { "idempotency-key": "batch/1" };
  const before = await quiet({ storePath: path });
  const answer = await (await before.fetch(post("/emails/batch", [mail, mail], key))).json();
  await before.deliver({ from: mail.from, to: "x@example.com", subject: "Reset", text: "link" });
  await before.stop();
  await Deno.writeTextFile(path, '{"id":"torn', { append: true });

  const after = await quiet({ storePath: path });
  assert.deepEqual(after.messages.list().map((one) => one.source), ["auth", "api", "api"]);
  const again = await after.fetch(post("/emails/batch", [mail, mail], key));
  assert.deepEqual(await again.json(), answer);
  await after.fetch(new Request("http://inbox.test/api/messages", { method: "DELETE" }));
  await after.stop();
  assert.equal(await Deno.readTextFile(path), "");
  await Deno.remove(path);
});

Deno.test("The pages show a hostile mail without letting it act", async () => {
  const inbox = await quiet();
  const { id } = await inbox.deliver({
    from: "a@example.com",
    to: "b@example.com",
    subject: "<script>alert(1)</script>",
    html: "<html><head></head><body><script>alert(2)</script><a href='https://x.test'>x</a></body>",
    text: "see https://x.test/path now",
  });
  const page = await inbox.fetch(get(`/messages/${id}`));
  const html = await page.text();
  assert.ok(!html.includes("<script>"));
  assert.match(html, /sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");

  const frame = await inbox.fetch(get(`/messages/${id}/html`));
  const policy = frame.headers.get("content-security-policy") ?? "";
  assert.match(policy, /sandbox allow-popups/);
  assert.ok(!policy.includes("allow-scripts"));
  assert.match(await frame.text(), /<head><base target="_blank">/);

  const text = await (await inbox.fetch(get(`/messages/${id}?part=text`))).text();
  assert.match(text, /<a href="https:\/\/x\.test\/path"/);
  assert.equal((await inbox.fetch(get("/messages/none"))).status, 404);
  assert.equal((await inbox.fetch(get("/"))).status, 200);
});

Deno.test("The button that empties the inbox obeys its own page only", async () => {
  const inbox = await quiet();
  await inbox.deliver({ from: "a@example.com", to: "b@example.com", subject: "s", text: "t" });
  const form = (origin: string) =>
    inbox.fetch(
      new Request("http://inbox.test/clear", {
        method: "POST",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
      }),
    );
  assert.equal((await form("http://evil.test")).status >= 400, true);
  assert.equal(inbox.messages.list().length, 1);
  assert.equal((await form("http://inbox.test")).status, 303);
  assert.equal(inbox.messages.list().length, 0);
});

/** Takes deliveries, or not, as told, and checks their signatures. */
function receiver(secret: string, answers: number[] = []) {
  const got: { id: string; type: string; data: Record<string, unknown> }[] = [];
  const verify = createDeliveryVerifier({ secrets: [secret] });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (req) => {
    const delivery = readDelivery(req.headers, "svix");
    if (typeof delivery === "string") return new Response(delivery, { status: 400 });
    const body = new Uint8Array(await req.arrayBuffer());
    assert.equal(await verify(delivery, body, Date.now()), "valid");
    got.push({ id: delivery.id, ...JSON.parse(new TextDecoder().decode(body)) });
    return new Response(null, { status: answers.shift() ?? 200 });
  });
  return { got, server, url: `http://127.0.0.1:${server.addr.port}/hook` };
}

Deno.test("The inbox tells what became of each mail, signed, by the address", async () => {
  const secret = `whsec_${btoa("a secret of the inbox for tests.")}`;
  const { got, server, url } = receiver(secret);
  const inbox = await quiet({ webhook: { url, secret } });
  const tags = [{ name: "send", value: "7" }];
  for (const to of ["arta", "bounce.besa", "complain+1", "Full Box <full"]) {
    const address = to.includes("<") ? `${to}@example.com>` : `${to}@example.com`;
    const response = await inbox.fetch(post("/emails", { ...mail, to: address, tags }));
    assert.equal(response.status, 200);
    await inbox.told();
  }
  assert.deepEqual(got.map(({ type }) => type), [
    "email.sent",
    "email.delivered",
    "email.sent",
    "email.bounced",
    "email.sent",
    "email.delivered",
    "email.complained",
    "email.sent",
    "email.bounced",
  ]);
  const messages = inbox.messages.inOrder();
  assert.equal(got[0]?.data["email_id"], messages[0]?.id);
  assert.deepEqual(got[0]?.data["to"], ["arta@example.com"]);
  assert.deepEqual(got[0]?.data["tags"], { send: "7" });
  assert.equal((got[3]?.data["bounce"] as { type: string }).type, "Permanent");
  assert.equal((got[8]?.data["bounce"] as { type: string }).type, "Transient");
  assert.equal(new Set(got.map(({ id }) => id)).size, got.length);
  await inbox.stop();
  await server.shutdown();
});

Deno.test("The inbox tells again, under the same id, until it is heard or gives up", async () => {
  const secret = `whsec_${btoa("a secret of the inbox for tests.")}`;
  const { got, server, url } = receiver(secret, [500, 503, 200, 500, 500, 500]);
  const inbox = await quiet({ webhook: { url, secret, retrySchedule: [1, 1] } });
  await inbox.deliver({ from: "a@example.com", to: "b@example.com", subject: "s", text: "t" });
  await inbox.told();
  const byId = Map.groupBy(got, ({ id }) => id);
  assert.deepEqual([...byId.values()].map((tries) => tries.length), [2, 3]);
  for (const tries of byId.values()) assert.equal(new Set(tries.map(({ type }) => type)).size, 1);
  await inbox.stop();
  await server.shutdown();
});

Deno.test("The inbox stops though nobody hears what it has to tell", async () => {
  const secret = `whsec_${btoa("a secret of the inbox for tests.")}`;
  const inbox = await quiet({ webhook: { url: "http://127.0.0.1:1/", secret } });
  await inbox.deliver({ from: "a@example.com", to: "b@example.com", subject: "s", text: "t" });
  await inbox.stop();
  await inbox.told();
});
