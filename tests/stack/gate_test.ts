/**
 * `deno task e2e:gate` as an engineer runs it, and what it and `deno task e2e:smoke` say of a
 * deployment that does not work.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runGate } from "../../local/gate/gate.ts";
import { smoke } from "../../local/gate/smoke.ts";
import { GateSummary } from "../../local/gate/summary.ts";
import { ROOT } from "../../local/settings.ts";

async function task(name: string, args: string[], env: Record<string, string>) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", name, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, said: text.decode(stdout) + text.decode(stderr) };
}

Deno.test("deno task e2e:gate goes through the loops of both countries and sums them up", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, said } = await task("e2e:gate", [], { STATE_DIR: folder, PORT_OFFSET: "0" });
    assert.equal(code, 0, said);
    const text = await Deno.readTextFile(join(folder, "gate", "summary.json"));
    const { ok, steps, failures } = GateSummary.parse(JSON.parse(text));
    assert.deepEqual([ok, failures], [true, []]);
    assert.ok(
      steps.some((step) => step.includes("ks")) && steps.some((step) => step.includes("mk")),
    );
    assert.match(said, /^ok {5}/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the gate stops at the first failure and says where it was, without whose page", async () => {
  const ran: string[] = [];
  const summary = await runGate({
    env: {},
    say: () => {},
    steps: [
      { name: "well", run: () => Promise.resolve(void ran.push("well")) },
      {
        name: "ill",
        async run(open) {
          const page = await open("somebody");
          await page.route("**/*", (route) => route.fulfill({ body: "<p>nothing</p>" }));
          await page.goto("http://site.test/en/claims/7c9e6679-7425-40de-944b-e07fc1f90ae7");
          await page.getByTestId("claim-ready").waitFor({ timeout: 500 });
        },
      },
      { name: "never", run: () => Promise.resolve(void ran.push("never")) },
    ],
  });
  assert.deepEqual(ran, ["well"]);
  assert.deepEqual([summary.ok, summary.steps], [false, ["well"]]);
  assert.deepEqual(summary.failures, [
    { step: "ill", where: "/en/claims/:id", signature: "timed out waiting for claim-ready" },
  ]);
});

Deno.test("the smoke test says of each look what is wrong with it, and takes no page for another", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("<h1>Welcome</h1>", { headers: { "content-type": "text/html" } }),
  );
  const address = `http://127.0.0.1:${server.addr.port}`;
  try {
    const { looked, findings } = await smoke(address);
    const wrong = new Set(findings.map(({ where }) => where));
    assert.equal(wrong.size, looked, "every look");
    const { code, said } = await task("e2e:smoke", [address], {});
    assert.equal(code, 1);
    assert.match(said, /FAILED .*\/api\/health/);
  } finally {
    await server.shutdown();
  }
  assert.equal((await task("e2e:smoke", ["not an address"], {})).code, 2);
  assert.equal((await task("e2e:smoke", [address], {})).code, 1, "nobody is there");
});
