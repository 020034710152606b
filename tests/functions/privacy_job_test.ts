/** The job `privacy`: on the day people are forgotten, once, all at once, and their files go. */
import assert from "node:assert/strict";
import { sweepDocuments } from "@core/documents/sweep.ts";
import { fixedClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { runPrivacy } from "@core/privacy/privacy_job.ts";
import { carryOutDeletion, dueDeletions } from "@core/privacy/privacy_store.ts";
import { createApp } from "../../supabase/functions/cron/app.ts";
import {
  type DocumentsWorld,
  refusalOf,
  type SignedIn,
  testDocuments,
} from "./documents_support.ts";

const DAY = 86_400_000;

/** A member with a claim, a message and a document, who asked to be forgotten. */
async function leaver(world: DocumentsWorld) {
  const person = await world.person();
  const claimId = await world.claim(person);
  await world.sql`
    update public.subscriptions set cancel_at_period_end = true where user_id = ${person.userId}`;
  const document = await world.document(person, claimId);
  await world.db.asUser(person, (tx) => tx`select public.request_deletion('I move abroad')`);
  return { person, claimId, document };
}

async function stateOf({ sql }: DocumentsWorld, { userId }: SignedIn) {
  const [row] = await sql<{ erased: boolean; status: string; steps: number; ends: number }[]>`
    select person.erased_at is not null as erased, request.status,
           (select count(*)::int from public.audit_log
            where action = 'privacy.data_erased' and entity_id = request.id::text) as steps,
           (select count(*)::int from public.audit_log
            where action = 'privacy.data_deletion_completed' and entity_id = request.id::text) as ends
    from public.profiles as person
    join public.privacy_requests as request on request.user_id = person.id
    where person.id = ${userId}`;
  return row;
}

/** Nothing but this test's people is due: others asked today. */
const later = (days: number) => ({ clock: fixedClock(Date.now() + days * DAY), budget: 45_000 });
const DONE = { erased: true, status: "completed", steps: 15, ends: 1 };

testDocuments(
  "people are forgotten on the day and not before, and their files go",
  async (world) => {
    const { person, claimId, document } = await leaver(world);
    await runPrivacy(world.db, later(29.9));
    assert.deepEqual(await stateOf(world, person), {
      erased: false,
      status: "pending",
      steps: 0,
      ends: 0,
    });
    assert.equal((await world.ask(`/documents/${document.id}`, person)).status, 200);
    const { forgotten } = await runPrivacy(world.db, later(30.1));
    assert.ok(forgotten >= 1);
    assert.deepEqual(await stateOf(world, person), DONE);
    assert.deepEqual(
      await refusalOf(await world.ask(`/documents/${document.id}`, person)),
      [401, "unauthorized"],
    );
    await sweepDocuments(world.db, world.env, { now: Date.now() + 6 * 60_000, max: 500 });
    assert.equal(await world.isStored(document.path), false, "with its bytes");
    const [claim] = await world.sql<{ title: string; status: string }[]>`
    select title, status from public.claims where id = ${claimId}`;
    assert.deepEqual({ ...claim }, { title: "", status: "rejected" });
    assert.equal((await runPrivacy(world.db, later(31))).forgotten, 0, "once");
  },
);

testDocuments(
  "a run that is killed half-way leaves a person whole, and the next one goes on",
  async (world) => {
    const { person } = await leaver(world);
    const at = new Date(Date.now() + 30.1 * DAY);
    const killed = new Error("killed");
    await assert.rejects(
      world.db.asService("service_cron", async (tx) => {
        for (const id of await dueDeletions(tx, at, 100)) await carryOutDeletion(tx, id, at);
        throw killed;
      }),
      killed,
    );
    const [before] = await world.sql<{ email: string }[]>`
    select email from public.profiles where id = ${person.userId}`;
    assert.match(before?.email ?? "", /@functions\.test$/);
    await runPrivacy(world.db, later(30.1));
    assert.deepEqual(await stateOf(world, person), DONE);
  },
);

testDocuments("four runs at once forget each person once", async (world) => {
  const leavers = [await leaver(world), await leaver(world), await leaver(world)];
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => runPrivacy(world.db, later(30.1))),
  );
  assert.equal(runs.reduce((sum, { forgotten }) => sum + forgotten, 0), leavers.length);
  for (const { person } of leavers) assert.deepEqual(await stateOf(world, person), DONE);
});

testDocuments("who takes it back stays, whoever comes first", async (world) => {
  const { person } = await leaver(world);
  const takeBack = () =>
    world.db.asUser(person, async (tx) => {
      const [row] = await tx<{ done: boolean }[]>`select public.cancel_deletion() as done`;
      return row?.done;
    });
  const [{ forgotten }, takenBack] = await Promise.all([
    runPrivacy(world.db, later(30.1)),
    takeBack(),
  ]);
  const state = await stateOf(world, person);
  if (takenBack) assert.deepEqual([state?.erased, state?.status], [false, "cancelled"]);
  else assert.deepEqual([forgotten, state], [1, DONE]);
});

testDocuments("pg_cron calls it by its name", async (world) => {
  const { db, env } = world;
  const app = createApp({ db, env, clock: fixedClock(Date.now()), log: silentLogger });
  const answer = await app.request("/cron/privacy", {
    headers: { authorization: `Bearer ${env.cronSecrets[0]}` },
  });
  assert.equal(answer.status, 200);
  assert.deepEqual(Object.keys((await answer.json()).counts).sort(), ["expired", "forgotten"]);
});
