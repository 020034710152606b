import assert from "node:assert/strict";
import { withoutPassword } from "./pg_tools.ts";
import { isOfCron } from "./restore.ts";
import { databaseUrl, roleStatements } from "./target.ts";
import { differences } from "./verify.ts";

Deno.test("roleStatements() makes roles, then what they belong to, then how they are set", () => {
  const role = { bypassRls: false, login: false, inherit: false, settings: [], memberOf: [] };
  assert.deepEqual(
    roleStatements([
      { ...role, name: "app", login: true, memberOf: ["low"], settings: ["search_path=a'b"] },
      { ...role, name: "low" },
    ]),
    [
      `create role "app" login noinherit nobypassrls`,
      `create role "low" nologin noinherit nobypassrls`,
      `grant "low" to "app"`,
      `alter role "app" set "search_path" = 'a''b'`,
    ],
  );
});

Deno.test("withoutPassword() keeps it out of the command line", () => {
  assert.deepEqual(withoutPassword("postgresql://me:p%40ss@host:5432/db?sslmode=require"), {
    bare: "postgresql://me@host:5432/db?sslmode=require",
    env: { PGPASSWORD: "p@ss" },
  });
  assert.equal(databaseUrl("postgresql://me:x@h:1/a?b=c", "new"), "postgresql://me:x@h:1/new?b=c");
});

Deno.test("isOfCron() leaves out pg_cron and nothing of ours", () => {
  for (
    const line of [
      "2; 3079 16388 EXTENSION - pg_cron ",
      "4523; 0 0 COMMENT - EXTENSION pg_cron ",
      "4524; 0 0 ACL - SCHEMA cron postgres",
      "4700; 0 16391 TABLE DATA cron job postgres",
    ]
  ) assert.ok(isOfCron(line), line);
  for (
    const line of [
      "301; 1259 17000 TABLE public cron_jobs postgres",
      "302; 0 17000 TABLE DATA public cron_runs postgres",
      "303; 1255 17001 FUNCTION private cron_freshness() postgres",
      "; Archive created at 2026-01-01",
    ]
  ) assert.ok(!isOfCron(line), line);
});

Deno.test("differences() names what is missing, other, or more", () => {
  const [one, two] = [{ rows: 1, checksum: "1" }, { rows: 1, checksum: "2" }];
  assert.deepEqual(differences({ a: one, b: one, c: one }, { a: one, b: two, d: one }), [
    "b has other content",
    "c is missing",
    "d was not in the backup",
  ]);
  assert.deepEqual(differences({ a: one }, { a: { rows: 2, checksum: "1" } }), [
    "a has 2 rows and had 1",
  ]);
});
