/**
 * Two transactions that move the same money at the same moment: PostgreSQL lets one wait for the
 * other, and both count.
 */
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { stackValue } from "../support/stack_env.ts";

/** Runs `first`, starts `second` while it is still open, and commits both. */
async function atOnce(
  sql: Sql,
  first: (tx: TransactionSql) => Promise<unknown>,
  second: (tx: TransactionSql) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const firstDone = Promise.withResolvers<void>();
  const secondWaits = Promise.withResolvers<void>();
  const one = sql.begin(async (tx) => {
    await first(tx);
    firstDone.resolve();
    await secondWaits.promise;
  });
  one.catch((error) => firstDone.reject(error));
  await firstDone.promise;
  const other = sql.begin(async (tx) => {
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const work = second(tx);
    work.catch(() => {});
    await untilWaiting(sql, row?.pid ?? 0).finally(secondWaits.resolve);
    await work;
  });
  return await Promise.allSettled([one, other]);
}

async function untilWaiting(sql: Sql, pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const [row] = await sql<{ waiting: boolean }[]>`
      select cardinality(pg_blocking_pids(${pid})) > 0 as waiting`;
    if (row?.waiting) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the second transaction did not wait for the first");
}

/** A member and an agent of their own for one test, and a payment of 2000 cents. */
async function pay(sql: Sql) {
  const mark = crypto.randomUUID();
  const signUp = async (name: string) => {
    const [row] = await sql<{ id: string }[]>`
      insert into auth.users (id, aud, role, email, raw_user_meta_data)
      values (gen_random_uuid(), 'authenticated', 'authenticated',
        ${`${name}-${mark}@example.test`}, '{"tenant": "ks"}')
      returning id`;
    return row?.id ?? assert.fail();
  };
  const [memberId, agentId] = [await signUp("payer"), await signUp("earner")];
  const transactionId = `txn_${mark}`;
  const [invoice] = await sql<{ id: string }[]>`
    insert into public.billing_invoices
      (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, amount_cents)
    values ('ks', ${memberId}, ${transactionId}, 'EUR', 2000, 2000)
    returning id`;
  return { memberId, agentId, transactionId, invoiceId: invoice?.id ?? assert.fail() };
}

Deno.test("two refunds of one payment at once are both in its invoice", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 3, onnotice: () => {} });
  try {
    const { transactionId, invoiceId } = await pay(sql);
    const refund = (adjustment: string, cents: number) => (tx: TransactionSql) =>
      tx`
        insert into public.billing_ledger_entries
          (tenant_id, invoice_id, provider_transaction_id, provider_adjustment_id, entry_type,
           amount_cents, currency, occurred_at)
        values ('ks', ${invoiceId}, ${transactionId}, ${`${adjustment}_${transactionId}`},
          'refund', ${-cents}, 'EUR', now())`.execute();
    const ends = await atOnce(sql, refund("adj_1", 700), refund("adj_2", 1300));
    assert.deepEqual(ends.map((end) => end.status), ["fulfilled", "fulfilled"]);
    const [invoice] = await sql`
      select status, refunded_cents::integer as refunded
      from public.billing_invoices where id = ${invoiceId}`;
    assert.deepEqual({ ...invoice }, { status: "refunded", refunded: 2000 });
  } finally {
    await sql.end();
  }
});

Deno.test("two refunds at once do not take back more of a commission than was given", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 3, onnotice: () => {} });
  try {
    const { memberId, agentId, transactionId } = await pay(sql);
    const [given] = await sql<{ id: string }[]>`
      insert into public.agent_commissions
        (tenant_id, agent_id, member_id, type, amount_cents, currency, rate_percent, base_cents,
         source_transaction_id)
      values ('ks', ${agentId}, ${memberId}, 'new_membership', 400, 'EUR', 20, 2000,
        ${transactionId})
      returning id`;
    const takeBack = (adjustment: string) => (tx: TransactionSql) =>
      tx`
        insert into public.agent_commissions
          (tenant_id, agent_id, member_id, type, amount_cents, currency, rate_percent, base_cents,
           source_transaction_id, source_adjustment_id, clawback_of)
        values ('ks', ${agentId}, ${memberId}, 'new_membership', -300, 'EUR', 20, 2000,
          ${transactionId}, ${adjustment}, ${given?.id ?? ""})`.execute();
    const [one, other] = await atOnce(sql, takeBack("adj_1"), takeBack("adj_2"));
    assert.equal(one?.status, "fulfilled");
    assert.ok(other?.status === "rejected");
    assert.match(String(other.reason), /no more is taken back than was given/);
    const [sum] = await sql`
      select sum(amount_cents)::integer as left
      from public.agent_commissions where source_transaction_id = ${transactionId}`;
    assert.equal(sum?.["left"], 100);
  } finally {
    await sql.end();
  }
});
