/** Every rule of the guard, on a fault that was planted for it, and on what is right. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { must } from "../system.ts";
import { runGuard } from "./guard.ts";
import { headerRules, sampleAnswers } from "./headers.ts";
import { advisoryRules, compareVersions, isIn, licenceRules, lockedPackages } from "./packages.ts";
import { bannedPatterns } from "./patterns.ts";
import { schemaRules } from "./rls.ts";
import { type Finding, type Tree } from "./rule.ts";
import { secretsInHistory, secretsInTree } from "./secrets.ts";
import { readHistory, readTree } from "./tree.ts";

const wheres = (findings: readonly Finding[]) =>
  findings.map(({ rule, where }) => `${rule} ${where}`);
const one = (path: string, text: string): Tree => new Map([[path, text]]);

/** Put together here, so that this file holds none of them. */
const SECRETS: Readonly<Record<string, string>> = {
  "a private key": `-----BEGIN ${"PRIVATE"} KEY-----`,
  "a Paddle API key": `pdl_live_${"apikey_"}${"0123456789abcdefghij".repeat(3)}`,
  "a Paddle webhook secret": `pdl_${"ntfset_"}${"0".repeat(26)}_${"A".repeat(32)}`,
  "a Resend API key": `re_${"12345678"}_${"x".repeat(24)}`,
  "a Supabase secret key": `sb_${"secret_"}${"x".repeat(31)}`,
  "a Supabase access token": `sbp_${"0".repeat(40)}`,
  "a signing secret": `wh${"sec_"}${"A".repeat(32)}`,
  "a signed token": `eyJ${"h".repeat(20)}.eyJ${"p".repeat(20)}.${"s".repeat(30)}`,
  "a Sentry address with a key": `https://${"0".repeat(32)}@o1.ingest.sentry.io/42`,
  "a GitHub token": `ghp_${"x".repeat(36)}`,
  "an AWS key": `AKIA${"0".repeat(16)}`,
  "a database password": `postgresql://app_site:${"x".repeat(20)}@db1.example.com:5432/postgres`,
};

for (const [kind, secret] of Object.entries(SECRETS)) {
  Deno.test(`the guard finds ${kind} and does not print it`, () => {
    const [found, ...more] = secretsInTree(one("a.ts", `// one\nconst key = "${secret}";\n`), []);
    assert.equal(found?.where, "a.ts:2");
    assert.ok(found.what.startsWith(`looks like ${kind}`), found.what);
    assert.ok(!found.what.includes(secret) && more.length === 0);
  });
}

Deno.test("the guard lets examples and what is made up pass", () => {
  const text = [
    "SUPABASE_SECRET_KEY=",
    "re_x pdl_live_apikey_x sb_secret_test",
    "postgresql://postgres:postgres@127.0.0.1:54322/postgres",
    "postgresql://app_site:<password>@db.example.com/postgres",
    "`postgresql://${user}:${password}@host.example.com`",
  ].join("\n");
  assert.deepEqual(secretsInTree(one("a.ts", text), []), []);
});

Deno.test("the guard finds a secret that was taken out again, in the history", async () => {
  const root = await Deno.makeTempDir();
  try {
    const git = (...args: string[]) =>
      must(["git", "-C", root, "-c", "user.name=t", "-c", "user.email=t@example.test", ...args]);
    await git("init", "--quiet");
    const commit = async (text: string) => {
      await Deno.writeTextFile(join(root, "a.txt"), text);
      await git("add", ".");
      await git("commit", "--quiet", "--message=one");
    };
    await commit(`key ${SECRETS["an AWS key"]}\n`);
    await commit("nothing here\n");
    assert.deepEqual(secretsInTree(await readTree(root), []), []);
    const history = await readHistory(root);
    const [found, ...more] = secretsInHistory(history ?? [], []);
    assert.match(found?.where ?? "", /^[0-9a-f]{7,} a\.txt$/);
    assert.equal(more.length, 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** What is written wrongly, and where the same is right. */
const WRITTEN: readonly (readonly [rule: string, path: string, text: string, right: string])[] = [
  [
    "service-key",
    "supabase/functions/documents/app.ts",
    "env.supabaseSecretKey",
    "supabase/functions/_shared/documents/storage_keeper.ts",
  ],
  [
    "sql",
    "routes/index.tsx",
    "await tx<Row[]>`\n  select * from claims`",
    "supabase/functions/_shared/claims/claim_store.ts",
  ],
  ["sql", "components/Table.tsx", "tx.unsafe(`delete from claims`)", "site/users.ts"],
  ["raw-html", "components/Page.tsx", "<p dangerouslySetInnerHTML={x} />", "fresh/document.ts"],
  ["raw-html", "islands/Page.tsx", "node.innerHTML = text", "tests/site/browser.ts"],
  ["eval", "islands/Page.tsx", "new Function(text)", "tests/site/browser.ts"],
  ["console", "site/users.ts", 'console.log("x")', "site/users_test.ts"],
  ["silent-catch", "site/users.ts", "try { a(); } catch {}", "tests/site/users.ts"],
  ["silent-catch", "site/users.ts", "a().catch(() => {});", "tests/site/users.ts"],
];

for (const [rule, path, text, right] of WRITTEN) {
  Deno.test(`the guard finds ${rule} in ${path}, not in ${right}`, () => {
    assert.deepEqual(wheres(bannedPatterns(one(path, `const a = 1;\n${text}\n`))), [
      `${rule} ${path}:2`,
    ]);
    assert.deepEqual(bannedPatterns(one(right, text)), []);
    if (rule !== "silent-catch") {
      assert.deepEqual(bannedPatterns(one(path, `// ${text.replaceAll("\n", " ")}\n`)), []);
    }
  });
}

Deno.test("the guard takes an empty catch that says why", () => {
  const text = "// It may be gone already.\nawait remove().catch(() => {});\n";
  assert.deepEqual(bannedPatterns(one("site/users.ts", text)), []);
});

const GOOD_SCHEMA = `
CREATE FUNCTION private.me() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$ select auth.uid() $$;


CREATE TABLE public.notes (
    id uuid NOT NULL,
    tenant_id text NOT NULL
);

ALTER TABLE ONLY public.notes FORCE ROW LEVEL SECURITY;

CREATE VIEW public.few WITH (security_invoker='true') AS
 SELECT 1;

ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Notes stay" ON public.notes AS RESTRICTIVE TO authenticated USING ((tenant_id = 'a'));

CREATE POLICY "Own notes" ON public.notes FOR SELECT TO authenticated USING ((id IS NOT NULL));

GRANT SELECT ON TABLE public.notes TO authenticated;
`;

/** What is taken out of a good schema, what stands there instead, and what is found. */
const SPOILT: readonly (readonly [from: string, to: string, found: RegExp])[] = [
  ["ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;", "", /is not enabled/],
  ["ALTER TABLE ONLY public.notes FORCE ROW LEVEL SECURITY;", "", /is not forced/],
  [" AS RESTRICTIVE", "", /no restrictive policy/],
  ["FOR SELECT TO authenticated", "FOR SELECT", /names nobody/],
  ["FOR SELECT TO authenticated", "FOR INSERT TO anon", /lets visitors write/],
  ["    SET search_path TO ''\n", "", /on the caller's search_path/],
  [" WITH (security_invoker='true')", "", /passes over the policies/],
  ["GRANT SELECT", "GRANT ALL", /authenticated is granted ALL/],
  ["TO authenticated;\n", "TO PUBLIC;\n", /everybody may SELECT/],
];

Deno.test("the guard finds nothing in a schema that is right", () => {
  assert.deepEqual(schemaRules(GOOD_SCHEMA), []);
});

for (const [from, to, found] of SPOILT) {
  Deno.test(`the guard reads off the schema: ${found.source}`, () => {
    assert.ok(GOOD_SCHEMA.includes(from));
    const findings = schemaRules(GOOD_SCHEMA.replace(from, to));
    assert.ok(findings.some(({ what }) => found.test(what)), JSON.stringify(findings));
  });
}

Deno.test("the guard finds a header that is missing, weak or short", () => {
  assert.deepEqual(headerRules(), []);
  const spoilt = (name: string, value: string | null) => {
    const answers = new Map(sampleAnswers());
    const headers = new Headers(answers.get("a member's page"));
    if (value === null) headers.delete(name);
    else headers.set(name, value);
    answers.set("a member's page", headers);
    return headerRules(answers).map(({ what }) => what).join("; ");
  };
  assert.match(spoilt("x-frame-options", null), /x-frame-options is missing/);
  assert.match(spoilt("x-content-type-options", "sniff"), /is too weak/);
  assert.match(spoilt("strict-transport-security", "max-age=60"), /short: 60 s/);
  assert.match(spoilt("cache-control", "public"), /not no-store/);
  const policy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; script-src ";
  assert.match(spoilt("content-security-policy", `${policy}'unsafe-inline'`), /from anywhere/);
});

const LOCK = JSON.stringify({
  npm: { "debug@4.4.2": {}, "@a/b@1.0.0_c@2.0.0": {}, "semver@7.5.1": {} },
});

Deno.test("the guard finds a locked package that an advisory names", () => {
  const packages = lockedPackages(LOCK);
  assert.deepEqual(packages.map(({ name, version }) => `${name}@${version}`), [
    "@a/b@1.0.0",
    "debug@4.4.2",
    "semver@7.5.1",
  ]);
  const advisory = { id: "X", severity: "high" as const, what: "bad" };
  const list = (accepted?: string) => ({
    updated: "2026-01-01",
    refresh: "",
    advisories: [
      { ...advisory, package: "debug", range: "=4.4.2" },
      {
        ...advisory,
        package: "semver",
        range: "<6.3.1 || >=7.0.0 <7.5.2",
        ...(accepted && { accepted }),
      },
      { ...advisory, package: "@a/b", range: ">1.0.0" },
    ],
  });
  assert.deepEqual(wheres(advisoryRules(packages, list())), [
    "advisory debug@4.4.2",
    "advisory semver@7.5.1",
  ]);
  assert.deepEqual(wheres(advisoryRules(packages, list("not used"))), ["advisory debug@4.4.2"]);
});

Deno.test("compareVersions() orders as semver does", () => {
  assert.ok(compareVersions("1.10.0", "1.9.9") > 0);
  assert.ok(compareVersions("1.0.0-alpha.9", "1.0.0-alpha.10") < 0);
  assert.ok(compareVersions("1.0.0-rc.1", "1.0.0") < 0);
  assert.ok(isIn("2.0.0", ">=1.0.0 <1.1.12 || =2.0.0") && !isIn("1.1.12", ">=1.0.0 <1.1.12"));
  assert.throws(() => isIn("1.0.0", "~1.0"), RangeError);
});

Deno.test("the guard finds a package of an unknown licence, and one that does not go", () => {
  const packages = lockedPackages(LOCK);
  const found = licenceRules(packages, {
    "@a/b@1.0.0": "(MIT OR GPL-3.0)",
    "debug@4.4.2": "AGPL-3.0-only",
  });
  assert.deepEqual(wheres(found), ["licence debug@4.4.2", "licence semver@7.5.1"]);
  assert.deepEqual(
    wheres(licenceRules([{ name: "a", version: "1.0.0" }], {
      "a@1.0.0": "MIT AND GPL-3.0",
    })),
    ["licence a@1.0.0"],
  );
});

Deno.test("the guard finds nothing in this checkout", async () => {
  const sections = await runGuard({ databaseUrl: Deno.env.get("TEST_DATABASE_URL") });
  assert.deepEqual(sections.flatMap(({ findings }) => findings), []);
  assert.equal(sections.length, 8);
});
