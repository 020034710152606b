/**
 * The job `audit` and `deno task audit:verify`: what is written is sealed, the chain's head leaves the
 * database, and an owner who makes the chain anew is found by it.
 */
import assert from "node:assert/strict";
import type postgres from "postgres";
import { type AuditHead, readHeads } from "@core/audit/heads.ts";
import { systemClock } from "@core/platform/clock.ts";
import { createLogger } from "@core/platform/logger.ts";
import { verifyAuditLog } from "../../local/audit_log.ts";
import { ROOT } from "../../local/settings.ts";
import { createApp } from "../../supabase/functions/cron/app.ts";
import { type DocumentsWorld, testDocuments } from "./documents_support.ts";

interface Line {
  readonly message: string;
  readonly position?: number;
  readonly chainHash?: string;
}

/** Runs the job as pg_cron does. */
async function runJob({ db, env }: DocumentsWorld) {
  const lines: Line[] = [];
  const log = createLogger({}, { write: (line) => lines.push(JSON.parse(line)) });
  const app = createApp({ db, env, clock: systemClock, log });
  const answer = await app.request("/cron/audit", {
    headers: { authorization: `Bearer ${env.cronSecrets[0]}` },
  });
  return { status: answer.status, body: await answer.json(), lines };
}

async function write({ sql }: DocumentsWorld, label: string): Promise<void> {
  await sql`
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id)
    values ('ks', 'service_webhooks', 'webhook.received', 'chain_test', ${label})`;
}

/** The newest head, after everything was sealed and exported. */
async function sealAll(world: DocumentsWorld): Promise<AuditHead> {
  await write(world, crypto.randomUUID());
  const { status, body } = await runJob(world);
  assert.equal(status, 200, JSON.stringify(body));
  const { heads } = await readHeads(world.env);
  const newest = heads.at(-1);
  assert.ok(newest);
  return newest;
}

/** Does what an owner could and looks; all of it is taken back. */
async function withTampering<T>(
  { sql }: DocumentsWorld,
  tamper: (tx: postgres.TransactionSql) => Promise<void>,
  look: (tx: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  let seen: T | undefined;
  const takenBack = new Error("taken back");
  await assert.rejects(
    sql.begin(async (tx) => {
      await tx`alter table public.audit_log disable trigger user`;
      await tx`alter table public.audit_chain disable trigger user`;
      await tx`alter table public.audit_heads disable trigger user`;
      await tamper(tx);
      seen = await look(tx);
      throw takenBack;
    }),
    takenBack,
  );
  return seen as T;
}

/** Forgets the whole chain and makes it anew with the job's own function. */
async function makeAnew(tx: postgres.TransactionSql): Promise<void> {
  await tx`delete from public.audit_chain`;
  await tx`delete from public.audit_heads`;
  await tx`delete from private.audit_gaps`;
  await tx`update private.audit_sealing set floor_seq = 0, position = 0, chain_hash = ''`;
  await tx`select private.seal_audit(10000000)`;
}

testDocuments("the job seals, gives the head to Storage and to the log, once", async (world) => {
  await sealAll(world);
  await write(world, crypto.randomUUID());
  const { body, lines } = await runJob(world);
  assert.ok(body.counts.sealed >= 1 && body.counts.exported === 1, JSON.stringify(body));
  const told = lines.find(({ message }) => message === "audit chain head");
  const { heads, unreadable } = await readHeads(world.env);
  assert.deepEqual(unreadable, []);
  assert.deepEqual(heads.at(-1), { position: told?.position, chainHash: told?.chainHash });
  const [row] = await world.sql<{ chainHash: string }[]>`
    select encode(chain_hash, 'hex') as "chainHash" from public.audit_chain
    where position = ${told?.position ?? 0}`;
  assert.equal(row?.chainHash, told?.chainHash);
});

testDocuments("nobody but the job reads the heads or writes one", async (world) => {
  await sealAll(world);
  const [object] = await world.sql<{ name: string }[]>`
    select name from storage.objects where bucket_id = 'audit-heads' order by name desc limit 1`;
  const storage = `${world.env.supabaseUrl}/storage/v1/object`;
  for (const role of ["member", "staff", "tenant_admin", "super_admin"] as const) {
    const { token } = await world.person({ role });
    const headers = {
      apikey: world.env.supabasePublishableKey,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    };
    const read = await fetch(`${storage}/audit-heads/${object?.name}`, { headers });
    assert.ok(read.status >= 400, role);
    await read.body?.cancel();
    for (const name of [object?.name, "2026-01-01/forged.json"]) {
      for (const [method, upsert] of [["POST", "false"], ["POST", "true"], ["PUT", "true"]]) {
        const wrote = await fetch(`${storage}/audit-heads/${name}`, {
          method: method ?? "",
          headers: { ...headers, "x-upsert": upsert ?? "" },
          body: "{}",
        });
        assert.ok(wrote.status >= 400, `${role} ${method} ${upsert}`);
        await wrote.body?.cancel();
      }
    }
    const removed = await fetch(`${storage}/audit-heads/${object?.name}`, {
      method: "DELETE",
      headers,
    });
    assert.ok(removed.status >= 400, role);
    await removed.body?.cancel();
  }
  const { unreadable } = await readHeads(world.env);
  assert.deepEqual(unreadable, []);
});

testDocuments("a log that nobody touched is as it was sealed", async (world) => {
  const head = await sealAll(world);
  const witness = { ...await readHeads(world.env), given: [head] };
  const { findings, heads, sealed } = await verifyAuditLog(world.sql, witness);
  assert.deepEqual(findings, []);
  assert.ok(heads >= 2 && sealed >= 2);
});

testDocuments(
  "an owner who edits a row and makes the chain anew is found by a head",
  async (world) => {
    const label = crypto.randomUUID();
    await write(world, label);
    await sealAll(world);
    const stored = await readHeads(world.env);
    const found = await withTampering(world, async (tx) => {
      await tx`update public.audit_log set actor_role = 'nobody' where entity_id = ${label}`;
      await makeAnew(tx);
    }, async (tx) => ({
      inside: await verifyAuditLog(tx, { heads: [], unreadable: [], given: [] }),
      outside: await verifyAuditLog(tx, { ...stored, given: [] }),
    }));
    assert.deepEqual(found.inside.findings, [], "from inside it looks whole");
    assert.deepEqual(found.outside.findings.map(({ problem }) => problem), ["rewritten"]);
  },
);

testDocuments("an owner who cuts the end off everything is found by a head", async (world) => {
  await sealAll(world);
  const stored = await readHeads(world.env);
  const { findings } = await withTampering(world, async (tx) => {
    await tx`
      delete from public.audit_log where seq in (
        select seq from public.audit_chain order by position desc limit 1
      )`;
    await makeAnew(tx);
  }, (tx) => verifyAuditLog(tx, { ...stored, given: [] }));
  assert.ok(
    findings.some(({ problem }) => problem === "cut" || problem === "rewritten"),
    JSON.stringify(findings),
  );
});

testDocuments("a head that is gone from Storage is missed", async (world) => {
  const head = await sealAll(world);
  const stored = await readHeads(world.env);
  const { findings } = await verifyAuditLog(world.sql, {
    heads: stored.heads.filter(({ position }) => position !== head.position),
    unreadable: ["2026-11-26/x.json"],
    given: [],
  });
  assert.deepEqual(findings.map(({ problem, position }) => [problem, position]), [
    ["head_unreadable", null],
    ["head_missing", head.position],
  ]);
});

testDocuments(
  "deno task audit:verify says so, and exits with 1 if a given head differs",
  async (world) => {
    const head = await sealAll(world);
    const verify = async (...args: string[]) => {
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-lock", "--quiet", "local/audit_verify.ts", ...args],
        cwd: ROOT,
        env: { SUPABASE_DB_URL: Deno.env.get("TEST_DATABASE_URL") ?? "" },
      }).output();
      return { code, said: new TextDecoder().decode(stdout) };
    };
    const whole = await verify(`--head=${head.position}:${head.chainHash}`);
    assert.equal(whole.code, 0, whole.said);
    assert.match(whole.said, /The audit log is as it was sealed\./);
    const broken = await verify(`--head=1:${"0".repeat(64)}`);
    assert.equal(broken.code, 1);
    assert.match(broken.said, /^BROKEN rewritten at place 1, row \d+/m);
    assert.equal((await verify("--head=one")).code, 2);
  },
);
