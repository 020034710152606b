/** Twenty write to the audit log while four seal it: nothing is lost, and nobody waits for a seal. */
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { stackValue } from "../support/stack_env.ts";

const WRITERS = 20;
const SEALERS = 4;
const TRANSACTIONS = 15;

async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 26, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

/** A row, written as a function writes it. */
function write(sql: Sql | postgres.TransactionSql, label: string) {
  return sql`
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id)
    values ('ks', 'service_webhooks', 'webhook.received', 'at_once_test', ${label})`;
}

/** Transactions of one to three rows; some take their time, some come to nothing. */
async function writer(sql: Sql, name: string, written: string[]): Promise<void> {
  for (let count = 0; count < TRANSACTIONS; count++) {
    const labels = Array.from({ length: 1 + count % 3 }, (_, row) => `${name}:${count}:${row}`);
    const fails = count % 5 === 4;
    const work = sql.begin(async (tx) => {
      for (const label of labels) await write(tx, label);
      if (count % 4 === 3) await tx`select pg_sleep(0.02)`;
      if (fails) throw new Error("comes to nothing");
    });
    if (fails) await assert.rejects(work);
    else {
      await work;
      written.push(...labels);
    }
  }
}

async function verdict(sql: Sql): Promise<readonly unknown[]> {
  return [...await sql`select problem, position, seq from private.verify_audit()`];
}

Deno.test("twenty writers lose nothing while four runs seal", () =>
  withDatabase(async (sql) => {
    const run = crypto.randomUUID();
    const written: string[] = [];
    let writing = true;
    const sealer = async () => {
      while (writing) await sql`select private.seal_audit(7)`;
    };
    const sealers = Array.from({ length: SEALERS }, sealer);
    const writers = Array.from({ length: WRITERS }, (_, n) => writer(sql, `${run}:${n}`, written));
    await Promise.all(writers);
    writing = false;
    await Promise.all(sealers);
    for (let left = 1; left > 0;) {
      const [row] = await sql<{ sealed: number }[]>`
        select sealed::int from private.seal_audit(5000)`;
      left = row?.sealed ?? 0;
    }
    const sealed = await sql<{ label: string }[]>`
      select log.entity_id as label
      from public.audit_log as log
      join public.audit_chain as link on link.seq = log.seq and link.row_id = log.id
      where log.entity_type = 'at_once_test' and starts_with(log.entity_id, ${run})`;
    assert.equal(written.length, WRITERS * 24);
    assert.deepEqual(sealed.map(({ label }) => label).sort(), written.sort());
    const [chain] = await sql<{ places: number; last: number }[]>`
      select count(*)::int as places, max(position)::int as last from public.audit_chain`;
    assert.equal(chain?.places, chain?.last);
    assert.deepEqual(await verdict(sql), []);
  }));

Deno.test("a row that is committed after higher ones were sealed is sealed when it is there", () =>
  withDatabase(async (sql) => {
    const run = crypto.randomUUID();
    const written = Promise.withResolvers<void>();
    const sealed = Promise.withResolvers<void>();
    const slow = sql.begin(async (tx) => {
      await write(tx, `${run}:slow`);
      written.resolve();
      await sealed.promise;
    });
    await written.promise;
    await write(sql, `${run}:fast`);
    await sql`select private.seal_audit(5000)`;
    sealed.resolve();
    await slow;
    await sql`select private.seal_audit(5000)`;
    const order = await sql<{ label: string }[]>`
      select log.entity_id as label
      from public.audit_chain as link join public.audit_log as log on log.seq = link.seq
      where starts_with(log.entity_id, ${run}) order by link.position`;
    assert.deepEqual(order.map(({ label }) => label), [`${run}:fast`, `${run}:slow`]);
    assert.deepEqual(await verdict(sql), []);
  }));

Deno.test("whoever writes does not wait for a run that seals, nor it for them", () =>
  withDatabase(async (sql) => {
    await sql.begin(async (tx) => {
      await tx`select private.seal_audit(5000)`;
      await sql.begin(async (other) => {
        await other`set local lock_timeout = '2s'`;
        await write(other, `${crypto.randomUUID()}:meanwhile`);
        await tx`set local lock_timeout = '2s'`;
        await tx`select private.seal_audit(5000)`;
      });
      const [second] = await sql<
        { sealed: number }[]
      >`select sealed::int from private.seal_audit(5000)`;
      assert.equal(second?.sealed, 0, "another run has nothing to do meanwhile");
    });
  }));
