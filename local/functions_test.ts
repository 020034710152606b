import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { stackValue } from "../tests/support/stack_env.ts";
import { readSupabaseConfig } from "./config_toml.ts";
import { mountFunctions } from "./functions.ts";

/** The project's functions, all of them behind `verify_jwt`, or none. */
async function mounted(verifyJwt: boolean) {
  const config = await readSupabaseConfig();
  const names = Object.keys(config.functions);
  const functions = Object.fromEntries(names.map((name) => [name, { verify_jwt: verifyJwt }]));
  return await mountFunctions({ ...config, functions }, Deno.env.toObject());
}

const health = (headers: Record<string, string> = {}) =>
  new Request("http://127.0.0.1/functions/v1/health", { headers });

Deno.test("verify_jwt keeps out requests without a valid token, as the hosted gateway does", async () => {
  const functions = await mounted(true);
  try {
    for (const headers of [{}, { authorization: "Bearer no.valid.token" }]) {
      const answer = await functions.fetch(health(headers), "127.0.0.1");
      assert.equal(answer.status, 401);
      assert.equal((await answer.json()).error.code, "UNAUTHORIZED");
    }
    const client = createClient(
      stackValue("SUPABASE_URL"),
      stackValue("SUPABASE_PUBLISHABLE_KEY"),
      {
        auth: { persistSession: false, autoRefreshToken: false },
      },
    );
    const { data } = await client.auth.signInWithPassword({
      email: "new.ks@demo.test",
      password: stackValue("DEMO_PASSWORD"),
    });
    const authorization = `Bearer ${data.session?.access_token}`;
    const answer = await functions.fetch(health({ authorization }), "127.0.0.1");
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  } finally {
    await functions.close();
  }
});

Deno.test("a function that config.toml does not name is 404", async () => {
  const functions = await mounted(false);
  try {
    const request = new Request("http://127.0.0.1/functions/v1/no-such-function");
    assert.equal((await functions.fetch(request, "127.0.0.1")).status, 404);
  } finally {
    await functions.close();
  }
});
