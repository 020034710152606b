import assert from "node:assert/strict";
import { i18nFor, LOCALES } from "@core/platform/i18n.ts";
import { inWords } from "../check_words.ts";
import type { OperationsReport } from "../report_store.ts";
import { well } from "./check.ts";
import { connections, disk, migrations, rls, writes } from "./database_checks.ts";
import { bypass, clock, defaultTenant, environment } from "./environment_checks.ts";
import { jobChecks, mails, schedule } from "./job_checks.ts";
import { audit, documents, promiseChecks, switches } from "./promise_checks.ts";
import { webhooks, webhookSignatures } from "./webhook_checks.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString();

type Job = OperationsReport["jobs"][number];

const MAILS: Job = {
  job: "mails",
  watched: true,
  late: false,
  "every_s": 60,
  "last_success_at": at(1),
  "failed_at": null,
  error: null,
};

/** A database in which all is well. */
const WELL: OperationsReport = {
  database: {
    version: "15.8",
    now: at(0),
    "started_at": at(1_000),
    "read_only": false,
    "in_recovery": false,
    bytes: 20_000_000,
    connections: 20,
    "max_connections": 100,
    "longest_transaction_s": 1,
  },
  migrations: ["20260101000000"],
  "open_tables": [],
  tables: 50,
  "default_tenant": "ks",
  "default_tenant_active": true,
  webhooks: {
    waiting: 0,
    overdue: 0,
    "given_up": 0,
    "oldest_at": null,
    failed: 0,
    "failed_since": null,
    "accepted_at": at(10),
    refused: 0,
    "refused_since_then": 0,
    "refused_since": null,
    "refused_for": [],
  },
  mails: { waiting: 1, overdue: 0, failed: 0, "held_until": null, "oldest_at": at(1) },
  schedule: [{ name: "mails", active: true, calls: "mails" }],
  vault: ["cron_secret", "functions_url"],
  jobs: [MAILS],
  audit: {
    position: 10,
    "sealed_at": at(5),
    unsealed: 1,
    "unsealed_since": at(4),
    "verified_position": 10,
    "verified_at": at(5),
  },
  documents: { "looked_at": 3, "without_file": 0, since: null },
  slos: [{
    slo: "claims",
    target: 0.95,
    good: 999,
    total: 1_000,
    success: 0.999,
    burn: 0.02,
    "p95_ms": 80,
    "burn_5m": null,
    "burn_1h": 0.02,
    "burn_6h": 0.02,
    "burn_3d": 0.02,
    alert: null,
  }],
  flags: [],
};

const webhookSeen = (over: Partial<OperationsReport["webhooks"]>): OperationsReport => ({
  ...WELL,
  webhooks: { ...WELL.webhooks, ...over },
});

Deno.test("where all is well every check says so", () => {
  const found = [
    rls(WELL),
    connections(WELL),
    disk(WELL, 0.5),
    migrations(WELL.migrations, WELL.migrations),
    writes(null),
    webhooks(WELL),
    webhookSignatures(WELL),
    schedule(WELL),
    mails(WELL),
    audit(WELL, NOW),
    documents(WELL),
    switches(WELL, null),
    defaultTenant(WELL, "ks"),
    ...jobChecks(WELL),
    ...promiseChecks(WELL),
  ];
  assert.deepEqual(found.filter(({ state }) => state !== "ok"), []);
});

Deno.test("webhooks tells failed, late and held events apart", () => {
  const failed = webhooks(webhookSeen({ failed: 2, overdue: 1, "failed_since": at(90) }));
  assert.deepEqual([failed.state, failed.cause, failed.since], ["fail", "webhooks_failed", at(90)]);
  assert.equal(webhooks(webhookSeen({ overdue: 1 })).cause, "webhooks_overdue");
  const held = { ...WELL, flags: [{ key: "hold_webhooks", "tenant_id": null, since: at(3) }] };
  assert.deepEqual([webhooks(held).state, webhooks(held).cause], ["warn", "webhooks_held"]);
});

Deno.test("webhookSignatures names the secret, a clock, or somebody who tries", () => {
  const refused = { refused: 3, "refused_since_then": 3, "refused_since": at(5) };
  const wrong = webhookSignatures(webhookSeen({ ...refused, "refused_for": ["signature wrong"] }));
  assert.deepEqual([wrong.state, wrong.cause], ["fail", "secret_wrong"]);
  assert.match(wrong.detail ?? "", /PADDLE_WEBHOOK_SECRET_KEY/);
  const time = webhookSignatures(
    webhookSeen({ ...refused, "refused_for": ["signature outdated", "signature from_the_future"] }),
  );
  assert.equal(time.cause, "signatures_outdated");
  // One came through since.
  assert.equal(webhookSignatures(webhookSeen({ refused: 3 })).state, "ok");
  assert.deepEqual(webhookSignatures(webhookSeen({ refused: 20 })).cause, "forgeries");
});

Deno.test("schedule names jobs that nobody calls, and what Vault lacks", () => {
  const off = { ...WELL, schedule: [{ name: "mails", active: false, calls: "mails" }] };
  assert.deepEqual([schedule(off).cause, schedule(off).detail], ["jobs_inactive", "mails"]);
  assert.equal(schedule({ ...WELL, schedule: null }).cause, "cron_missing");
  const lost = schedule({ ...WELL, vault: ["functions_url"] });
  assert.deepEqual([lost.cause, lost.detail], ["vault_empty", "cron_secret"]);
  // A job that the database does itself is known by its own name.
  const own = { ...WELL, schedule: [{ name: "mails", active: true, calls: null }] };
  assert.equal(schedule(own).state, "ok");
  assert.equal(schedule({ ...WELL, vault: [], jobs: [{ ...MAILS, watched: false }] }).state, "ok");
});

Deno.test("a job is late, or failed the last time", () => {
  const late = jobChecks({ ...WELL, jobs: [{ ...MAILS, late: true }] })[0];
  assert.deepEqual([late?.id, late?.cause], ["job-mails", "job_late"]);
  const failed = jobChecks({ ...WELL, jobs: [{ ...MAILS, error: "x", "failed_at": at(1) }] })[0];
  assert.deepEqual([failed?.state, failed?.cause, failed?.detail], ["warn", "job_failed", "x"]);
});

Deno.test("mails are late, refused, or wait because Resend asked for it", () => {
  const seen = (over: Partial<OperationsReport["mails"]>) =>
    mails({ ...WELL, mails: { ...WELL.mails, ...over } }).cause;
  assert.equal(seen({ overdue: 1, failed: 1 }), "mails_overdue");
  assert.equal(seen({ failed: 1 }), "mails_failed");
  assert.equal(seen({ "held_until": at(-5) }), "mails_on_hold");
});

Deno.test("the audit log is broken, not sealed, or not compared", () => {
  const seen = (over: Partial<OperationsReport["audit"]>, job: Partial<Job> = {}) =>
    audit({
      ...WELL,
      audit: { ...WELL.audit, ...over },
      jobs: [{ ...MAILS, job: "audit", ...job }],
    }, NOW).cause;
  assert.equal(seen({}, { error: "audit_broken: row 7 was edited" }), "audit_broken");
  assert.equal(seen({ "unsealed_since": at(41) }), "audit_unsealed");
  assert.equal(seen({ "verified_at": at(4 * 24 * 60) }), "audit_unverified");
  assert.equal(seen({ "verified_at": null }), "audit_unverified");
  assert.equal(seen({ "unsealed_since": at(100) }, { watched: false }), null);
});

Deno.test("the database is full, behind, open, or cannot be written to", () => {
  const seen = (over: Partial<OperationsReport["database"]>) => ({
    ...WELL,
    database: { ...WELL.database, ...over },
  });
  assert.equal(connections(seen({ connections: 91 })).state, "fail");
  assert.equal(connections(seen({ connections: 80 })).state, "warn");
  assert.equal(connections(seen({ "longest_transaction_s": 1_000 })).cause, "long_transaction");
  assert.deepEqual([disk(WELL, 0.96).state, disk(WELL, 0.9).state, disk(WELL, null).state], [
    "fail",
    "warn",
    "ok",
  ]);
  assert.deepEqual(migrations(["1"], ["1", "2"]).detail, "2");
  assert.equal(migrations(["1", "2"], ["1"]).cause, "migrations_unknown");
  assert.equal(migrations(null, ["1"]).state, "unknown");
  assert.equal(rls({ ...WELL, "open_tables": ["public.claims"] }).detail, "public.claims");
  const refused = (code: string) =>
    writes(Object.assign(new Error("x"), { name: "PostgresError", code })).cause;
  assert.equal(refused("25006"), "database_read_only");
  assert.equal(refused("53100"), "disk_full");
  assert.equal(refused("42501"), "writes_refused");
});

Deno.test("the environment is told of by names, never by values", () => {
  const found = environment({ PADDLE_API_KEY: "pdl_secret", CRON_SECRET: "short" });
  assert.equal(found.cause, "env_missing");
  assert.match(found.detail ?? "", /SUPABASE_URL is missing/);
  assert.doesNotMatch(JSON.stringify(found), /pdl_secret|short/);
});

Deno.test("the bypass is odd where it may be, and wrong everywhere else", () => {
  const name = "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV";
  assert.equal(bypass(null, { [name]: "true", APP_ENV: "local" }).state, "warn");
  assert.equal(bypass(null, { [name]: "true", APP_ENV: "production" }).state, "fail");
  assert.equal(bypass(null, { [name]: "1" }).state, "fail");
  assert.equal(bypass(null, { [name]: "false" }).state, "ok");
});

Deno.test("site and database have to mean the same country", () => {
  assert.equal(defaultTenant(WELL, "mk").cause, "default_tenant_differs");
  assert.equal(defaultTenant({ ...WELL, "default_tenant_active": false }, "ks").state, "fail");
  assert.equal(defaultTenant({ ...WELL, "default_tenant": null }, "ks").state, "fail");
});

Deno.test("clocks may differ by seconds, not by minutes", () => {
  const seen = (here: number, functions: number | null) =>
    clock({
      here: NOW + here,
      database: NOW,
      functions: functions === null ? null : NOW + functions,
    })
      .state;
  assert.deepEqual([seen(1_000, 0), seen(-6_000, null), seen(0, 61_000)], ["ok", "warn", "fail"]);
  assert.equal(clock({ here: NOW, database: null, functions: null }).state, "unknown");
});

Deno.test("promises burn fast or slowly", () => {
  const [claims] = WELL.slos;
  assert.ok(claims);
  const seen = (alert: "fast" | "slow") =>
    promiseChecks({ ...WELL, slos: [{ ...claims, alert }] })[0];
  assert.deepEqual([seen("fast")?.state, seen("slow")?.state], ["fail", "warn"]);
  assert.equal(promiseChecks(WELL)[0]?.facts["success"], "99.9 %");
});

Deno.test("switches that are on are named, with their country", () => {
  const report = {
    ...WELL,
    flags: [
      { key: "read_only", "tenant_id": "mk", since: at(1) },
      { key: "pause_nps", "tenant_id": null, since: at(9) },
    ],
  };
  const found = switches(report, null);
  assert.deepEqual([found.state, found.detail, found.since], [
    "warn",
    "read_only (mk), pause_nps",
    at(9),
  ]);
});

Deno.test("who administers one country is told of its switches and those for all", () => {
  const flags = [
    { key: "read_only", "tenant_id": "mk", since: at(1) },
    { key: "pause_nps", "tenant_id": null, since: at(9) },
  ];
  const told = (tenantId: string) => switches({ ...WELL, flags }, tenantId).detail;
  assert.deepEqual([told("mk"), told("ks")], ["read_only (mk), pause_nps", "pause_nps"]);
  assert.equal(switches({ ...WELL, flags: flags.slice(0, 1) }, "ks").state, "ok");
});

Deno.test("inWords() puts figures where their words want them", () => {
  const i18n = i18nFor("en");
  const figures = (facts: Record<string, number | string>) =>
    inWords(i18n, { id: "resend", section: "mail", ...well({ facts }) }).figures;
  assert.equal(figures({ ms: 8 }), "answered in 8 ms");
  assert.equal(figures({ waiting: 3, overdue: 1_200 }), "waiting 3 · overdue 1,200");
  assert.equal(figures({ "burn_5m": 5 }), "burn 5 min 5");
  const every = (seconds: number) =>
    jobChecks({ ...WELL, jobs: [{ ...MAILS, "every_s": seconds }] })
      .map((check) => inWords(i18n, check).figures);
  assert.deepEqual([every(900), every(86_400)], [["every 15 min"], ["every 24 h"]]);
});

Deno.test("inWords() says every finding in every language", () => {
  for (const locale of LOCALES) {
    const i18n = i18nFor(locale);
    for (const check of [...jobChecks(WELL), ...promiseChecks(WELL)]) {
      const { title, figures, todo } = inWords(i18n, check);
      assert.notEqual(title, check.id);
      assert.notEqual(figures, "");
      assert.equal(todo, null);
    }
    const late = jobChecks({ ...WELL, jobs: [{ ...MAILS, late: true }] })[0];
    assert.ok(late && inWords(i18n, late).todo);
  }
});
