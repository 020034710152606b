import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { createDeliveryVerifier, readDelivery } from "@core/platform/webhook_signature.ts";
import { callHook, rememberRedirect } from "./auth_hook.ts";

const SECRET = `v1,whsec_${btoa("a secret of the mail hook")}`;
const USER = { id: "6f1c4e5a-0000-4000-8000-000000000001", email: "arta@demo.test" };

/** A function that tells what it was asked, and a database that knows one person. */
async function withHook(
  status: number,
  work: (
    options: Parameters<typeof callHook>[1],
    asked: { readonly headers: Headers; readonly body: string }[],
  ) => Promise<void>,
): Promise<void> {
  const asked: { headers: Headers; body: string }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    asked.push({ headers: new Headers(request.headers), body: await request.text() });
    return Response.json({}, { status });
  });
  const sql =
    ((_: TemplateStringsArray, email: string) =>
      Promise.resolve(email === USER.email ? [USER] : [])) as unknown as Sql;
  try {
    await work({
      sql,
      url: `http://127.0.0.1:${server.addr.port}/functions/v1/auth/send-email`,
      secret: SECRET,
      siteUrl: "http://localhost:8000",
      redirectUrls: ["http://mk.localhost:8000/**"],
    }, asked);
  } finally {
    await server.shutdown();
  }
}

Deno.test("callHook() asks as hosted Auth does, signed", async () => {
  await withHook(200, async (options, asked) => {
    await callHook({ to: USER.email, subject: "recovery abcdef 123456" }, options);
    const [{ headers, body } = { headers: new Headers(), body: "" }] = asked;
    const delivery = readDelivery(headers, "webhook");
    assert.ok(typeof delivery === "object");
    const verify = createDeliveryVerifier({ secrets: [SECRET] });
    assert.equal(await verify(delivery, new TextEncoder().encode(body), Date.now()), "valid");
    assert.deepEqual(JSON.parse(body), {
      user: USER,
      "email_data": {
        token: "123456",
        "token_hash": "abcdef",
        "redirect_to": "http://localhost:8000",
        "email_action_type": "recovery",
        "site_url": "http://localhost:8000",
      },
    });
  });
});

Deno.test("callHook() names a new address, which Auth has not written down yet", async () => {
  await withHook(200, async (options, asked) => {
    const subject = `email_change abcdef 123456 ${USER.email}`;
    await callHook({ to: "new@demo.test", subject }, options);
    const { user } = JSON.parse(asked[0]?.body ?? "{}");
    assert.deepEqual(user, { ...USER, "new_email": "new@demo.test" });
  });
});

Deno.test("rememberRedirect() hands on where the link is to lead, if it is allowed", async () => {
  await withHook(200, async (options, asked) => {
    for (
      const [wanted, got] of [
        ["http://localhost:8000/en/reset-password", "http://localhost:8000/en/reset-password"],
        ["http://mk.localhost:8000/mk", "http://mk.localhost:8000/mk"],
        ["http://evil.example/", "http://localhost:8000"],
        ["not an address", "http://localhost:8000"],
      ] as const
    ) {
      const request = new Request(
        `http://x/auth/v1/recover?redirect_to=${encodeURIComponent(wanted)}`,
      );
      await rememberRedirect(request, async () => {
        await callHook({ to: USER.email, subject: "recovery abcdef 123456" }, options);
        return new Response();
      });
      assert.equal(JSON.parse(asked.at(-1)?.body ?? "{}").email_data.redirect_to, got, wanted);
    }
  });
});

Deno.test("callHook() fails where the function says no, and for nobody", async () => {
  await withHook(503, async (options) => {
    const mail = { to: USER.email, subject: "recovery abcdef 123456" };
    await assert.rejects(callHook(mail, options), /503/);
    await assert.rejects(callHook({ ...mail, to: "nobody@demo.test" }, options), /does not know/);
  });
});
