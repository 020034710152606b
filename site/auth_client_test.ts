import assert from "node:assert/strict";
import { type AuthClient, connectAuth } from "./auth_client.ts";
import { LEGAL_VERSION } from "./legal_version.ts";

const SESSION = {
  "access_token": "a.b.c",
  "refresh_token": "r",
  "expires_in": 3600,
  "expires_at": 1_800_000_000,
  "token_type": "bearer",
  user: { id: "7c9e6679-7425-40de-944b-e07fc1f90ae7", email: "arta@demo.test" },
};

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A stand-in for Supabase Auth that remembers what it was asked; it repeats its last answer. */
async function withAuth(
  answers: Answer | readonly Answer[],
  work: (
    auth: AuthClient,
    asked: { path: string; body: string; headers: Headers }[],
  ) => Promise<void>,
): Promise<void> {
  const asked: { path: string; body: string; headers: Headers }[] = [];
  const queue = [answers].flat();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push({ path: pathname + search, body: await request.text(), headers: request.headers });
    const answer = queue.length > 1 ? queue.shift() : queue[0];
    assert.ok(answer);
    return answer.body === null
      ? new Response(null, { status: answer.status })
      : Response.json(answer.body, { status: answer.status });
  });
  try {
    await work(
      connectAuth({
        supabaseUrl: `http://127.0.0.1:${server.addr.port}`,
        supabasePublishableKey: "sb_publishable_key",
        siteUrl: "http://localhost:8000",
      }),
      asked,
    );
  } finally {
    await server.shutdown();
  }
}

const REGISTRATION = {
  email: "arta@demo.test",
  password: "a good sentence",
  fullName: "Arta Berisha",
  tenant: "ks",
  locale: "sq",
} as const;

Deno.test("signUp() and signIn() tell Auth the same of a password that bcrypt would cut", async () => {
  const password = "ж".repeat(128);
  await withAuth({ status: 200, body: SESSION }, async (auth, asked) => {
    await auth.signUp({ ...REGISTRATION, password });
    await auth.signIn(REGISTRATION.email, password);
    await auth.signIn(REGISTRATION.email, REGISTRATION.password);
    const told = asked.map(({ body }) => JSON.parse(body).password);
    assert.match(told[0], /^h1:[\w-]{43}$/);
    assert.deepEqual(told, [told[0], told[0], REGISTRATION.password]);
  });
});

Deno.test("signUp() sends name, tenant and language along, and no right of any kind", async () => {
  await withAuth({ status: 200, body: SESSION }, async (auth, asked) => {
    const result = await auth.signUp(REGISTRATION);
    assert.equal(result.outcome, "signed_in");
    const body = JSON.parse(asked[0]?.body ?? "");
    assert.deepEqual(body.data, {
      tenant: "ks",
      locale: "sq",
      full_name: "Arta Berisha",
      terms_version: LEGAL_VERSION,
      privacy_version: LEGAL_VERSION,
    });
    assert.equal(asked[0]?.headers.get("apikey"), "sb_publishable_key");
  });
});

Deno.test("signUp() tells a mail that waits, a taken address and a weak password apart", async () => {
  const user = { ...SESSION.user, identities: [] };
  const cases = [
    [200, user, "confirm"],
    [
      422,
      { code: 422, "error_code": "user_already_exists", msg: "User already registered" },
      "taken",
    ],
    [400, { msg: "User already registered" }, "taken"],
    [
      422,
      { "error_code": "weak_password", msg: "weak", "weak_password": { reasons: [] } },
      "weak_password",
    ],
    [
      400,
      {
        "error_code": "validation_failed",
        msg: "Password cannot be longer than 72 characters",
      },
      "weak_password",
    ],
    [
      400,
      { "error_code": "validation_failed", msg: "Unable to validate email address" },
      "bad_email",
    ],
    [400, { "error_code": "email_address_invalid", msg: "invalid" }, "bad_email"],
    [429, { "error_code": "over_email_send_rate_limit", msg: "slow" }, "too_many"],
  ] as const;
  for (const [status, body, outcome] of cases) {
    await withAuth({ status, body }, async (auth) => {
      assert.equal((await auth.signUp(REGISTRATION)).outcome, outcome);
    });
  }
});

Deno.test("signUp() asks once more when Auth trips over another sign-up of the same address", async () => {
  const tripped = { status: 500, body: { "error_code": "unexpected_failure", msg: "duplicate" } };
  const exists = { status: 422, body: { "error_code": "user_already_exists", msg: "exists" } };
  await withAuth([tripped, exists], async (auth, asked) => {
    assert.deepEqual(await auth.signUp(REGISTRATION), { outcome: "taken" });
    assert.equal(asked.length, 2);
  });
  await withAuth(tripped, async (auth, asked) => {
    await assert.rejects(auth.signUp(REGISTRATION), { code: "auth_unavailable" });
    assert.equal(asked.length, 2);
  });
});

Deno.test("signIn() hands out tokens, or says no without a reason", async () => {
  await withAuth({ status: 200, body: SESSION }, async (auth) => {
    assert.deepEqual(await auth.signIn("arta@demo.test", "x"), {
      outcome: "signed_in",
      tokens: { accessToken: "a.b.c", refreshToken: "r" },
    });
  });
  const refusal = { "error_code": "invalid_credentials", msg: "Invalid login credentials" };
  await withAuth({ status: 400, body: refusal }, async (auth) => {
    assert.deepEqual(await auth.signIn("arta@demo.test", "x"), { outcome: "refused" });
  });
});

Deno.test("refresh() tells an ended session from an Auth that is away", async () => {
  const gone = { "error_code": "refresh_token_not_found", msg: "Invalid Refresh Token" };
  await withAuth({ status: 400, body: gone }, async (auth) => {
    assert.deepEqual(await auth.refresh("r"), { outcome: "ended" });
  });
  await withAuth({ status: 500, body: { msg: "broken" } }, async (auth) => {
    await assert.rejects(auth.signIn("arta@demo.test", "x"), { code: "auth_unavailable" });
  });
});

Deno.test("signOut() ends this session only, in the person's name", async () => {
  await withAuth({ status: 204, body: null }, async (auth, asked) => {
    await auth.signOut("a.b.c");
    assert.equal(asked[0]?.path, "/auth/v1/logout?scope=local");
    assert.equal(asked[0]?.headers.get("authorization"), "Bearer a.b.c");
  });
  await withAuth({ status: 403, body: { "error_code": "session_not_found" } }, async (auth) => {
    await auth.signOut("a.b.c");
  });
});

Deno.test("signIn() says that Auth is away when nothing answers", async () => {
  const auth = connectAuth({
    supabaseUrl: "http://127.0.0.1:9",
    supabasePublishableKey: "sb_publishable_key",
    siteUrl: "http://localhost:8000",
  });
  await assert.rejects(auth.signIn("arta@demo.test", "x"), { code: "auth_unavailable" });
});
