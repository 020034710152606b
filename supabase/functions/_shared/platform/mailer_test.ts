import assert from "node:assert/strict";
import { connectMailer, outcomeOf, type OutgoingMail } from "./mailer.ts";

const mail: OutgoingMail = {
  from: `"Interdomestik" <hello@example.test>`,
  to: "arta@example.test",
  replyTo: "help@example.test",
  subject: "Përshëndetje",
  html: "<p>Hello</p>",
  text: "Hello",
  headers: { "List-Unsubscribe": "<https://example.test/u>" },
  tags: { template: "welcome", tenant: "ks" },
};

/** A Resend that answers as told, and what it was asked. */
async function against(
  answer: (request: Request) => Response | Promise<Response>,
  work: (send: () => ReturnType<ReturnType<typeof connectMailer>["sendBatch"]>) => Promise<void>,
) {
  const asked: { headers: Headers; path: string; body: string }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (req) => {
    const path = new URL(req.url).pathname;
    asked.push({ headers: req.headers, path, body: await req.text() });
    return await answer(req);
  });
  const mailer = connectMailer(
    { apiKey: "re_test", baseUrl: `http://127.0.0.1:${server.addr.port}` },
    { timeout: 200 },
  );
  try {
    await work(() => mailer.sendBatch([mail, { ...mail, replyTo: null }], "batch/1"));
  } finally {
    await server.shutdown();
  }
  return asked;
}

Deno.test("sendBatch() sends headers, tags, reply-to and the key in Resend's form", async () => {
  const asked = await against(
    () => Response.json({ data: [{ id: "one" }, { id: "two" }] }),
    async (send) => {
      assert.deepEqual(await send(), { kind: "accepted", ids: ["one", "two"] });
      await send();
    },
  );
  assert.equal(asked[0]?.path, "/emails/batch");
  assert.equal(asked[0]?.headers.get("authorization"), "Bearer re_test");
  assert.equal(asked[0]?.headers.get("idempotency-key"), "batch/1");
  assert.deepEqual(JSON.parse(asked[0]?.body ?? "")[0], {
    from: mail.from,
    to: ["arta@example.test"],
    "reply_to": "help@example.test",
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: mail.headers,
    tags: [{ name: "template", value: "welcome" }, { name: "tenant", value: "ks" }],
  });
  assert.ok(!("reply_to" in JSON.parse(asked[0]?.body ?? "")[1]));
  assert.equal(asked[0]?.body, asked[1]?.body, "the same bytes at every try");
});

Deno.test("sendBatch() does not know what happened when no answer comes, or a broken one", async () => {
  const hanging = Promise.withResolvers<Response>();
  await against(() => hanging.promise, async (send) => {
    assert.deepEqual((await send()).kind, "unknown");
    hanging.resolve(new Response());
  });
  for (
    const answer of [
      () => new Response("<html>Bad Gateway</html>", { status: 502 }),
      () => new Response("not JSON", { status: 200 }),
      () => Response.json({ message: "upstream" }, { status: 504 }),
      () => Response.json(null, { status: 500 }),
      () => Response.json(null, { status: 200 }),
      () => Response.json("oops", { status: 400 }),
      () => Response.json({ error: "bad gateway" }, { status: 400 }),
    ]
  ) {
    await against(answer, async (send) => assert.equal((await send()).kind, "unknown"));
  }
  const dead = connectMailer({ apiKey: "re_test", baseUrl: "http://127.0.0.1:1" });
  assert.equal((await dead.sendBatch([mail], "batch/1")).kind, "unknown");
});

Deno.test("sendBatch() obeys retry-after, within an hour", async () => {
  for (
    const [asked, milliseconds] of [
      ["3", 3_000],
      ["0", 1_000],
      ["0.5", 1_000],
      ["86400", 3_600_000],
      ["soon", 1_000],
      ["", 1_000],
      [new Date(0).toUTCString(), 1_000],
    ] as const
  ) {
    await against(
      () =>
        Response.json({ statusCode: 429, name: "rate_limit_exceeded", message: "" }, {
          status: 429,
          headers: { "retry-after": asked },
        }),
      async (send) =>
        assert.deepEqual(await send(), { kind: "held", code: "rate_limit_exceeded", milliseconds }),
    );
  }
});

const error = (statusCode: number, name: string, message = "") =>
  outcomeOf({ data: null, error: { statusCode, name, message }, headers: {} }, 1);

Deno.test("outcomeOf() sorts Resend's errors by what is to be done", () => {
  const kinds: readonly [number, string, string, string][] = [
    [429, "rate_limit_exceeded", "", "held"],
    [429, "daily_quota_exceeded", "", "held"],
    [429, "monthly_quota_exceeded", "", "held"],
    [409, "invalid_idempotent_request", "", "accepted_before"],
    [409, "concurrent_idempotent_requests", "", "unknown"],
    [401, "missing_api_key", "", "misconfigured"],
    [401, "restricted_api_key", "", "misconfigured"],
    [403, "invalid_api_key", "", "misconfigured"],
    [403, "validation_error", "The example.com domain is not verified.", "misconfigured"],
    [404, "not_found", "", "misconfigured"],
    [451, "security_error", "", "misconfigured"],
    [422, "invalid_from_address", "", "misconfigured"],
    [422, "validation_error", "Invalid `from` field.", "misconfigured"],
    [422, "validation_error", "Invalid `to` field.", "refused"],
    [400, "validation_error", "", "refused"],
    [413, "validation_error", "too large", "refused"],
    [422, "missing_required_field", "", "refused"],
    [408, "timeout", "", "unknown"],
    [500, "application_error", "", "unknown"],
    [500, "internal_server_error", "", "unknown"],
    [503, "anything", "", "unknown"],
    [302, "anything", "", "unknown"],
  ];
  for (const [status, name, message, kind] of kinds) {
    assert.equal(error(status, name, message).kind, kind, `${status} ${name} ${message}`);
  }
});

Deno.test("outcomeOf() pauses for an hour when a quota is used up", () => {
  for (const code of ["daily_quota_exceeded", "monthly_quota_exceeded"]) {
    assert.deepEqual(error(429, code), { kind: "held", code, milliseconds: 3_600_000 });
  }
});

Deno.test("outcomeOf() tells a bad recipient from other refusals", () => {
  for (
    const [message, isAddress] of [
      [
        "Invalid `to` field. The email address needs to follow the `email@example.com` format.",
        true,
      ],
      ["Email 0: Invalid `to` field.", true],
      ["The recipient is not allowed.", true],
      ["Missing `html` or `text` field.", false],
      ["Tags should only contain ASCII letters", false],
    ] as const
  ) {
    const outcome = error(422, "validation_error", message);
    assert.ok(outcome.kind === "refused");
    assert.equal(outcome.isAddress, isAddress, message);
  }
});

Deno.test("outcomeOf() does not guess which id is whose", () => {
  const answer = { data: { data: [{ id: "one" }] }, error: null, headers: {} };
  assert.deepEqual(outcomeOf(answer, 2), { kind: "accepted", ids: [null, null] });
  assert.equal(outcomeOf({ data: null, error: null, headers: {} }, 1).kind, "unknown");
});
