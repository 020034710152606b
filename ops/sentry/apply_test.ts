import assert from "node:assert/strict";
import { type SentryStandIn, startSentry } from "../../tests/support/sentry_stand_in.ts";
import { applyRules } from "./apply.ts";
import { readRules } from "./rules.ts";
import { connectSentry, SentryRefused } from "./sentry_api.ts";

const AUDIENCE = { project: "interdomestik", environment: "production", team: "31" };

async function withSentry(
  work: (
    sentry: SentryStandIn,
    apply: (dryRun?: boolean) => ReturnType<typeof applyRules>,
  ) => Promise<void>,
): Promise<void> {
  const sentry = startSentry();
  const { url, token } = sentry;
  const api = connectSentry({ url, token, organization: "club", wait: () => Promise.resolve() });
  try {
    await work(sentry, (dryRun = false) => applyRules(api, AUDIENCE, dryRun));
  } finally {
    await sentry.stop();
  }
}

const writes = ({ requests }: SentryStandIn) => requests.filter(({ method }) => method !== "GET");

Deno.test("readRules() has burn-rate rules of both rates, threshold rules and p95 of /api/claims", async () => {
  const rules = await readRules();
  const of = (kind: string) => rules.filter((rule) => rule.kind === kind);
  assert.equal(of("burn-rate").filter(({ query }) => query.includes("webhooks/paddle")).length, 2);
  assert.equal(of("burn-rate").filter(({ query }) => query.includes("/download")).length, 2);
  assert.equal(of("threshold").length, 3);
  assert.deepEqual(of("performance").map(({ aggregate, critical }) => [aggregate, critical]), [
    ["p95(span.duration)", 500],
  ]);
});

Deno.test("applyRules() makes every rule, and the second time changes nothing", () =>
  withSentry(async (sentry, apply) => {
    const rules = await readRules();
    const first = await apply();
    assert.equal(first.created.length, rules.length);
    assert.equal(writes(sentry).length, rules.length);
    const second = await apply();
    assert.deepEqual([second.created, second.changed, second.strange], [[], [], []]);
    assert.equal(second.kept.length, rules.length);
    assert.equal(writes(sentry).length, rules.length, "nothing was written again");
  }));

Deno.test("applyRules() puts right what was changed in Sentry, and only that", () =>
  withSentry(async (sentry, apply) => {
    await apply();
    const [one, two] = sentry.rules;
    assert.ok(one && two);
    one["query"] = "is_transaction:true";
    const [critical] = two["triggers"] as { alertThreshold: number }[];
    assert.ok(critical);
    critical.alertThreshold = 0.9;
    const before = writes(sentry).length;
    const { changed } = await apply();
    assert.deepEqual(changed, [`${one["name"]} (query)`, `${two["name"]} (triggers)`]);
    assert.equal(writes(sentry).length, before + 2);
    assert.deepEqual((await apply()).changed, []);
  }));

Deno.test("applyRules() leaves others' rules alone and names ours that are in no file", () =>
  withSentry(async (sentry, apply) => {
    sentry.rules.push(
      { id: "1", name: "Somebody else's", projects: ["interdomestik"], triggers: [] },
      { id: "2", name: "[D07] Of another project", projects: ["other"], triggers: [] },
      { id: "3", name: "[D07] Old", projects: ["interdomestik"], triggers: [] },
    );
    const { strange } = await apply();
    assert.deepEqual(strange, ["[D07] Old"]);
    assert.equal(writes(sentry).every(({ method }) => method === "POST"), true);
  }));

Deno.test("applyRules() with a dry run writes nothing", () =>
  withSentry(async (sentry, apply) => {
    const { created } = await apply(true);
    assert.ok(created.length > 0);
    assert.equal(writes(sentry).length, 0);
  }));

Deno.test("applyRules() waits when asked to, and says what was refused without the token", () =>
  withSentry(async (sentry, apply) => {
    sentry.answers.push(() =>
      new Response("slow down", { status: 429, headers: { "retry-after": "1" } })
    );
    assert.ok((await apply(true)).created.length > 0);
    sentry.answers.push(() => Response.json({ detail: "no scope" }, { status: 403 }));
    await assert.rejects(apply(), (error) => {
      assert.ok(error instanceof SentryRefused);
      assert.match(error.message, /403.*no scope/);
      assert.equal(error.message.includes(sentry.token), false);
      return true;
    });
  }));

Deno.test("deno task sentry:apply may be run again and says what it did, without the token", () =>
  withSentry(async (sentry) => {
    const run = async (over: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--quiet", new URL("apply.ts", import.meta.url).pathname],
        env: {
          SENTRY_API_URL: `${sentry.url}/`,
          SENTRY_AUTH_TOKEN: sentry.token,
          SENTRY_ORG: "club",
          SENTRY_PROJECT: "interdomestik",
          SENTRY_ALERT_TEAM: "31",
          APP_ENV: "production",
          ...over,
        },
      }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    const { length } = await readRules();
    const first = await run();
    assert.deepEqual([first.code, writes(sentry).length], [0, length], first.text);
    const second = await run();
    assert.match(second.text, new RegExp(`^0 created, 0 changed, ${length} as they are to be\\n$`));
    assert.equal(writes(sentry).length, length, "nothing was written again");
    const refused = await run({ SENTRY_AUTH_TOKEN: "sntrys_of_somebody_else" });
    assert.equal(refused.code, 1);
    assert.match(refused.text, /401/);
    assert.doesNotMatch(first.text + second.text + refused.text, /sntrys_/);
    const without = await run({ SENTRY_ORG: "" });
    assert.deepEqual([without.code, /SENTRY_ORG is missing/.test(without.text)], [1, true]);
  }));
