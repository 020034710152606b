/**
 * Approving a payment by hand under many hands, and with a connection that dies in the middle: there
 * is one member with one membership, or nothing at all, and a repetition makes it whole.
 */
import assert from "node:assert/strict";
import postgres, { type ReservedSql, type Sql, type TransactionSql } from "postgres";
import { stackValue } from "../support/stack_env.ts";

async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 8, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

async function signUp(sql: Sql, role: string, branch: string | null): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values (gen_random_uuid(), 'authenticated', 'authenticated',
      ${`${crypto.randomUUID()}@example.test`}, '{"tenant": "ks"}')
    returning id`;
  const id = row?.id ?? assert.fail();
  await sql`
    update public.profiles
    set role = ${role},
      branch_id = (select id from public.branches where tenant_id = 'ks' and code = ${branch})
    where id = ${id}`;
  return id;
}

/** A transaction of a signed-in person. */
function act<T>(sql: Sql, person: string, work: (tx: TransactionSql) => Promise<T>) {
  return sql.begin(async (tx) => {
    await become(tx, person);
    return await work(tx);
  });
}

async function become(tx: TransactionSql | ReservedSql, person: string): Promise<void> {
  await tx`
    select set_config('role', 'authenticated', true),
      set_config('request.jwt.claim.sub', ${person}, true),
      set_config('request.jwt.claims', ${JSON.stringify({ sub: person })}, true)`;
}

interface Sale {
  readonly agent: string;
  readonly admin: string;
  readonly manager: string;
  readonly email: string;
  readonly attempt: string;
}

/** A payment that waits, with people of its own. */
async function sell(sql: Sql, email = `${crypto.randomUUID()}@lead.test`): Promise<Sale> {
  const [agent, admin, manager] = [
    await signUp(sql, "agent", "KS-A"),
    await signUp(sql, "tenant_admin", null),
    await signUp(sql, "branch_manager", "KS-A"),
  ];
  const attempt = await act(sql, agent, async (tx) => {
    const [row] = await tx<{ id: string }[]>`
      select private.record_cash(
        private.create_lead('Arta', 'Berisha', ${email}, null, 'sq', null, null),
        (select id from public.membership_plans where tenant_id = 'ks' and tier = 'standard'),
        'R-1', now(), null
      ) as id`;
    return row?.id ?? assert.fail();
  });
  return { agent, admin, manager, email, attempt };
}

function approve(sql: Sql, person: string, attempt: string): Promise<string> {
  return act(sql, person, async (tx) => {
    const [row] = await tx<{ id: string }[]>`select private.approve_cash(${attempt}) as id`;
    return row?.id ?? assert.fail();
  });
}

/** How much there is of everything that an approval makes. */
async function madeOf(sql: Sql, { email, attempt }: Sale) {
  const [row] = await sql<Record<string, number | string>[]>`
    with person as (select id from auth.users where email = ${email})
    select
      (select count(*)::int from person) as accounts,
      (select count(*)::int from auth.identities where user_id in (select id from person))
        as identities,
      (select count(*)::int from public.profiles where id in (select id from person)) as people,
      (select count(*)::int from public.subscriptions where user_id in (select id from person))
        as memberships,
      (select count(*)::int from public.billing_invoices where user_id in (select id from person))
        as invoices,
      (select count(*)::int from public.billing_ledger_entries
        where provider_transaction_id = ${`cash_${attempt}`}) as entries,
      (select count(*)::int from public.membership_cards where user_id in (select id from person))
        as cards,
      (select count(*)::int from public.agent_commissions
        where source_transaction_id = ${`cash_${attempt}`}) as commissions,
      (select count(*)::int from public.engagement_email_sends
        where user_id in (select id from person)) as mails,
      (select count(*)::int from public.audit_log
        where action = 'VERIFY_PAYMENT_APPROVE' and entity_id = ${attempt}) as told,
      (select status from public.lead_payment_attempts where id = ${attempt}) as payment,
      (select lead.status from public.member_leads as lead
        join public.lead_payment_attempts as paid on paid.lead_id = lead.id
        where paid.id = ${attempt}) as lead`;
  return { ...row };
}

const ALL = {
  accounts: 1,
  identities: 1,
  people: 1,
  memberships: 1,
  invoices: 1,
  entries: 1,
  cards: 1,
  commissions: 1,
  mails: 1,
  told: 1,
  payment: "succeeded",
  lead: "converted",
};
const NOTHING = {
  accounts: 0,
  identities: 0,
  people: 0,
  memberships: 0,
  invoices: 0,
  entries: 0,
  cards: 0,
  commissions: 0,
  mails: 0,
  told: 0,
  payment: "pending",
  lead: "payment_pending",
};

Deno.test("of eight who approve a payment at once all get the same member, who is there once", () =>
  withDatabase(async (sql) => {
    for (let round = 0; round < 5; round++) {
      const sale = await sell(sql);
      const hands = [0, 1, 2, 3].flatMap(() => [sale.admin, sale.manager]);
      const members = await Promise.all(hands.map((hand) => approve(sql, hand, sale.attempt)));
      assert.equal(new Set(members).size, 1);
      assert.deepEqual(await madeOf(sql, sale), ALL);
    }
  }));

Deno.test("of an approval and a rejection at once one counts, wholly", () =>
  withDatabase(async (sql) => {
    for (let round = 0; round < 10; round++) {
      const sale = await sell(sql);
      const [yes, no] = await Promise.allSettled([
        approve(sql, sale.admin, sale.attempt),
        act(sql, sale.manager, (tx) => tx`select private.reject_cash(${sale.attempt}, 'No')`),
      ]);
      assert.notEqual(yes.status, no.status);
      assert.deepEqual(
        await madeOf(sql, sale),
        yes.status === "fulfilled" ? ALL : { ...NOTHING, payment: "rejected", lead: "contacted" },
      );
    }
  }));

Deno.test("a connection that dies in the middle leaves nothing, and the repetition makes it whole", () =>
  withDatabase(async (sql) => {
    const sale = await sell(sql);
    const doomed = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
    const dying = await doomed.reserve();
    await dying`begin`;
    await become(dying, sale.admin);
    const [row] = await dying<{ id: string; pid: number }[]>`
      select private.approve_cash(${sale.attempt}) as id, pg_backend_pid() as pid`;
    assert.ok(row?.id, "all of it was written");
    await sql`select pg_terminate_backend(${row.pid}, 5000)`;
    await doomed.end({ timeout: 1 });
    assert.deepEqual(await madeOf(sql, sale), NOTHING);
    const member = await approve(sql, sale.admin, sale.attempt);
    assert.deepEqual(await madeOf(sql, sale), ALL);
    assert.equal(await approve(sql, sale.manager, sale.attempt), member);
    assert.deepEqual(await madeOf(sql, sale), ALL);
  }));

Deno.test("somebody who signs up while their payment is approved is one person in the end", () =>
  withDatabase(async (sql) => {
    const sale = await sell(sql);
    const [approved, signedUp] = await Promise.allSettled([
      approve(sql, sale.admin, sale.attempt),
      sql`
        insert into auth.users (id, aud, role, email, encrypted_password, raw_user_meta_data)
        values (gen_random_uuid(), 'authenticated', 'authenticated', ${sale.email}, 'x',
          '{"tenant": "ks"}')`,
    ]);
    assert.ok(approved.status === "fulfilled" || signedUp.status === "fulfilled");
    await approve(sql, sale.admin, sale.attempt);
    const { accounts, memberships, cards, commissions, mails } = await madeOf(sql, sale);
    assert.deepEqual([accounts, memberships, cards, commissions, mails], [1, 1, 1, 1, 1]);
  }));

Deno.test("two who decide about the same commissions at once count each once", () =>
  withDatabase(async (sql) => {
    const sale = await sell(sql);
    await approve(sql, sale.admin, sale.attempt);
    const [earned] = await sql<{ id: string }[]>`
      select id from public.agent_commissions
      where source_transaction_id = ${`cash_${sale.attempt}`}`;
    const other = await signUp(sql, "tenant_admin", null);
    const decide = (person: string) =>
      act(sql, person, (tx) =>
        tx<{ changed: number; already: number }[]>`
          select changed, already
          from private.decide_commissions(array[${earned?.id ?? ""}::uuid], 'approved')`);
    const rows = (await Promise.all([decide(sale.admin), decide(other)])).flat();
    assert.deepEqual(rows.map(({ changed }) => changed).sort(), [0, 1]);
    const [told] = await sql`
      select count(*)::int as n from public.audit_log
      where action = 'commission.status_updated' and entity_id = ${earned?.id ?? ""}`;
    assert.equal(told?.["n"], 1);
  }));
