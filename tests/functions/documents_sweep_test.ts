/** Files that nobody may read again are removed, with their bytes; all others stay. */
import assert from "node:assert/strict";
import { sweepDocuments } from "@core/documents/sweep.ts";
import { fixedClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/cron/app.ts";
import { type DocumentsWorld, refusalOf, testDocuments } from "./documents_support.ts";
import { EXE } from "../support/sample_files.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

const sweep = (world: DocumentsWorld, now = Date.now()) =>
  sweepDocuments(world.db, world.env, { now, max: 500 });

testDocuments("uploads that nobody confirmed in time are swept, and only then", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  await sweep(world);
  await sweep(world, Date.now() + HOUR + MINUTE);
  assert.equal(await world.isStored(at.path), true, "somebody may be looking at it");
  await sweep(world, Date.now() + HOUR + 6 * MINUTE);
  assert.equal(await world.isStored(at.path), false);
});

testDocuments("refused and deleted files are swept, confirmed ones stay", async (world) => {
  const owner = await world.person();
  const staff = await world.person({ role: "staff" });
  const claimId = await world.claim(owner);
  const kept = await world.document(owner, claimId);
  const deleted = await world.document(owner, claimId);
  const refused = await world.upload(owner, claimId, { content: EXE });
  await world.db.asService(
    "service_documents",
    (tx) => tx`select private.refuse_document(${refused.id}, ${owner.userId}, 'executable')`,
  );
  await world.db.asUser(
    staff,
    (tx) => tx`select public.delete_document(${deleted.id}, 'Sent by mistake')`,
  );
  assert.equal(await world.isStored(deleted.path), true);
  const { found, removed } = await sweep(world, Date.now() + 6 * MINUTE);
  assert.ok(found >= 2 && removed >= 2);
  assert.equal(await world.isStored(refused.path), false);
  assert.equal(await world.isStored(deleted.path), false);
  assert.equal(await world.isStored(kept.path), true);
  await sweep(world, Date.now() + 30 * 24 * HOUR);
  assert.equal(await world.isStored(kept.path), true);
  assert.equal((await world.ask(`/documents/${kept.id}/download`, owner)).status, 200);
});

testDocuments(
  "a sweep takes no more than it is told to, and the next one goes on",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    await sweep(world, Date.now() + HOUR);
    const files = [];
    for (let count = 0; count < 5; count++) files.push(await world.upload(owner, claimId));
    const over = Date.now() + 2 * HOUR;
    const first = await sweepDocuments(world.db, world.env, { now: over, max: 3 });
    assert.deepEqual(first, { found: 3, removed: 3 });
    const rest = await Promise.all([sweep(world, over), sweep(world, over)]);
    assert.ok(rest.every(({ removed }) => removed <= 2));
    for (const { path } of files) assert.equal(await world.isStored(path), false);
    assert.deepEqual(await sweep(world, over), { found: 0, removed: 0 });
  },
);

testDocuments("while Storage is away a sweep fails and loses nothing", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  const over = { now: Date.now() + 2 * HOUR, max: 10 };
  const env = { ...world.env, supabaseUrl: "http://127.0.0.1:1" };
  await assert.rejects(sweepDocuments(world.db, env, over), { code: "storage_unavailable" });
  assert.equal(await world.isStored(at.path), true);
  await sweepDocuments(world.db, world.env, over);
  assert.equal(await world.isStored(at.path), false);
  const confirm = await world.ask(`/documents/${at.id}/confirm`, owner, { method: "POST" });
  assert.deepEqual(await refusalOf(confirm), [409, "not_uploaded"]);
});

testDocuments(
  "the job that is called every hour sweeps, and writes down what it did",
  async (world) => {
    const { db, env, sql } = world;
    const owner = await world.person();
    const claimId = await world.draft(owner);
    const files = [await world.upload(owner, claimId), await world.upload(owner, claimId)];
    const clock = fixedClock(Date.now() + 2 * HOUR);
    const app = createApp({ env, db, clock, log: silentLogger });
    const call = async () => {
      const answer = await app.request("/cron/documents", {
        headers: { authorization: `Bearer ${env.cronSecrets[0]}` },
      });
      return { status: answer.status, body: await answer.json() };
    };
    const { status, body } = await call();
    assert.equal(status, 200);
    assert.equal(body.job, "documents");
    assert.ok(body.counts.found >= 2 && body.counts.removed >= 2, JSON.stringify(body));
    for (const { path } of files) assert.equal(await world.isStored(path), false);
    assert.deepEqual((await call()).body.counts, { found: 0, removed: 0 });
    const runs = await sql`
    select result, counts from cron_runs where job = 'documents' order by started_at desc limit 2`;
    assert.deepEqual(runs.map((run) => [run["result"], run["counts"]]), [
      ["ok", { found: 0, removed: 0 }],
      ["ok", body.counts],
    ]);
  },
);
