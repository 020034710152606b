import assert from "node:assert/strict";
import { around } from "./around_function.ts";
import type { Flags } from "./flags.ts";

function startFunction(readOnly: boolean) {
  const seen: string[] = [];
  const flags: Flags = {
    isOn: (key) => Promise.resolve(readOnly && key === "read_only"),
    tenantsWith: () => Promise.resolve([]),
  };
  const answer = around(() => new Response("done"), {
    flags,
    requests: {
      record: (route, status) => void seen.push(`${route} ${status}`),
      flush: () => Promise.resolve(),
    },
  });
  const ask = async (method: string, path: string) =>
    (await answer(new Request(`http://functions.test${path}`, { method }))).status;
  return { ask, seen };
}

Deno.test("while the site is read-only, functions refuse what people change and nothing else", async () => {
  const { ask } = startFunction(true);
  for (const path of ["/nps", "/auth/change-password", "/documents/1/confirm"]) {
    assert.equal(await ask("POST", path), 503, path);
  }
  for (
    const [method, path] of [
      ["GET", "/nps"],
      ["POST", "/paddle-webhook"],
      ["POST", "/resend-webhook"],
      ["POST", "/cron/mails"],
      ["POST", "/auth/send-email"],
      ["POST", "/documents/share/key/1"],
      ["GET", "/documents/1/download"],
    ] as const
  ) assert.equal(await ask(method, path), 200, path);
});

Deno.test("the answer says that it is read-only, and when to come back", async () => {
  const flags: Flags = {
    isOn: () => Promise.resolve(true),
    tenantsWith: () => Promise.resolve([]),
  };
  const requests = { record: () => {}, flush: () => Promise.resolve() };
  const answer = around(() => new Response("done"), { flags, requests });
  const response = await answer(new Request("http://functions.test/nps", { method: "POST" }));
  assert.equal(response.headers.get("retry-after"), "300");
  assert.equal((await response.json()).error.code, "read_only");
});

Deno.test("every answer is counted, the refused ones too", async () => {
  const { ask, seen } = startFunction(true);
  await ask("POST", "/nps");
  await ask("GET", "/nps");
  assert.deepEqual(seen, ["nps 503", "nps 200"]);
});
