/**
 * Claims under many hands at the same moment: one wins, and everything is counted once.
 */
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { stackValue } from "../support/stack_env.ts";

async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 12, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

async function idOf(sql: Sql, email: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from public.profiles where email = ${email}`;
  assert.ok(row, `no ${email}`);
  return row.id;
}

/** A member with a membership, of their own for one test. */
async function signUp(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values (gen_random_uuid(), 'authenticated', 'authenticated',
      gen_random_uuid() || '@example.test', '{"tenant": "ks"}')
    returning id`;
  await sql`
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values ('ks', ${row?.id ?? ""}, 'sub_' || gen_random_uuid(), 'active')`;
  return row?.id ?? "";
}

/** A transaction of a signed-in person. */
function act<T>(sql: Sql, person: string, work: (tx: TransactionSql) => Promise<T>) {
  return sql.begin(async (tx) => {
    await tx`
      select set_config('role', 'authenticated', true),
        set_config('request.jwt.claim.sub', ${person}, true),
        set_config('request.jwt.claims', ${JSON.stringify({ sub: person })}, true)`;
    return await work(tx);
  });
}

async function draft(sql: Sql, member: string): Promise<string> {
  const [claim] = await sql<{ id: string }[]>`
    insert into public.claims (tenant_id, member_id, title, company, description, category)
    values ('ks', ${member}, 'Flight delayed', 'Air Example', 'It came nine hours late.', 'travel')
    returning id`;
  return claim?.id ?? "";
}

function refusals(outcomes: PromiseSettledResult<unknown>[]): string[] {
  return outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [(outcome.reason as { code?: string }).code ?? "?"] : []
  );
}

Deno.test("of two staff who take a claim at once one wins, fifty times out of fifty", () =>
  withDatabase(async (sql) => {
    const member = await signUp(sql);
    const staff = [await idOf(sql, "staff.ks@demo.test"), await idOf(sql, "staff2.ks@demo.test")];
    for (let round = 0; round < 50; round++) {
      const claim = await draft(sql, member);
      await act(sql, member, (tx) => tx`select public.submit_claim(${claim})`);
      const outcomes = await Promise.allSettled(
        staff.map((person) =>
          act(sql, person, (tx) => tx`select public.claim_assign(${claim}, ${person})`)
        ),
      );
      assert.deepEqual(refusals(outcomes), ["55000"]);
      const [kept] = await sql<{ assignedTo: string; changes: number }[]>`
        select assigned_to as "assignedTo", (
          select count(*)::integer from public.claim_stage_history
          where claim_id = ${claim} and is_assignment
        ) as changes
        from public.claims where id = ${claim}`;
      const winner = outcomes.findIndex((outcome) => outcome.status === "fulfilled");
      assert.deepEqual(kept, { assignedTo: staff[winner], changes: 1 });
    }
  }));

Deno.test("a claim that is sent ten times at once has one number, and numbers have no gaps", () =>
  withDatabase(async (sql) => {
    const member = await signUp(sql);
    const counter = async () => {
      const [row] = await sql<{ last: number }[]>`
        select coalesce(max(last_number), 0) as last from private.claim_counters
        where tenant_id = 'ks'`;
      return row?.last ?? 0;
    };
    const before = await counter();
    const claims = await Promise.all(Array.from({ length: 5 }, () => draft(sql, member)));
    const sent = await Promise.all(
      claims.flatMap((claim) =>
        Array.from({ length: 10 }, () =>
          act(sql, member, async (tx) => {
            const [row] = await tx<{ number: string }[]>`
            select claim_number as number from public.submit_claim(${claim})`;
            return row?.number;
          }))
      ),
    );
    assert.equal(new Set(sent).size, claims.length);
    assert.equal(await counter(), before + claims.length);
    const [history] = await sql<{ rows: number }[]>`
      select count(*)::integer as rows from public.claim_stage_history
      where claim_id = any (${claims})`;
    assert.equal(history?.rows, claims.length);
  }));

Deno.test("of thirty documents announced at once a claim takes twenty", () =>
  withDatabase(async (sql) => {
    const member = await signUp(sql);
    const claim = await draft(sql, member);
    const outcomes = await Promise.allSettled(Array.from(
      { length: 30 },
      (_, index) =>
        act(sql, member, (tx) =>
          tx`
          insert into public.claim_documents (claim_id, name, file_type, file_size)
          values (${claim}, ${`photo-${index}.jpg`}, 'image/jpeg', 1000)`),
    ));
    assert.deepEqual(refusals(outcomes), Array.from({ length: 10 }, () => "54000"));
  }));

Deno.test("two tracking links made at once: one of them works", () =>
  withDatabase(async (sql) => {
    const member = await signUp(sql);
    const claim = await draft(sql, member);
    await act(sql, member, (tx) => tx`select public.submit_claim(${claim})`);
    const hash = () => crypto.randomUUID().replaceAll("-", "").repeat(2);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        act(sql, member, (tx) => tx`select public.create_tracking_link(${claim}, ${hash()})`)),
    );
    assert.deepEqual(refusals(outcomes), []);
    const [live] = await sql<{ links: number }[]>`
      select count(*)::integer as links from public.claim_tracking_tokens
      where claim_id = ${claim} and revoked_at is null`;
    assert.equal(live?.links, 1);
  }));

Deno.test("whoever is switched off while claims come in is left with none", () =>
  withDatabase(async (sql) => {
    const member = await signUp(sql);
    const leaving = await signUp(sql);
    await sql`update public.profiles set role = 'staff' where id = ${leaving}`;
    const boss = await idOf(sql, "staff.ks@demo.test");
    for (let round = 0; round < 10; round++) {
      await sql`update public.profiles set is_active = true where id = ${leaving}`;
      const claims = await Promise.all(Array.from({ length: 6 }, () => draft(sql, member)));
      for (const claim of claims) {
        await act(sql, member, (tx) => tx`select public.submit_claim(${claim})`);
      }
      const outcomes = await Promise.allSettled([
        ...claims.map((claim) =>
          act(sql, boss, (tx) => tx`select public.claim_assign(${claim}, ${leaving})`)
        ),
        sql`update public.profiles set is_active = false where id = ${leaving}`,
      ]);
      assert.deepEqual(refusals(outcomes).filter((code) => code !== "23514"), []);
      const [left] = await sql<{ claims: number }[]>`
        select count(*)::integer as claims from public.claims where assigned_to = ${leaving}`;
      assert.equal(left?.claims, 0);
    }
  }));

Deno.test("messages, moves, assignments, reading and warnings at once stand in nobody's way", () =>
  withDatabase(async (sql) => {
    const member = await signUp(sql);
    const claims = await Promise.all([draft(sql, member), draft(sql, member)]);
    for (const claim of claims) {
      await act(sql, member, (tx) => tx`select public.submit_claim(${claim})`);
    }
    const staff = [await idOf(sql, "staff.ks@demo.test"), await idOf(sql, "staff2.ks@demo.test")];
    const statuses = ["verification", "evaluation", "negotiation", "submitted", "rejected"];
    const one = (at: number) => {
      const claim = claims[at % claims.length] ?? "";
      const person = staff[(at >> 1) % staff.length] ?? "";
      const by = (who: string, work: (tx: TransactionSql) => Promise<unknown>) =>
        act(sql, who, work);
      const read = async (tx: TransactionSql) => {
        await tx`select public.mark_messages_read(${claim})`;
        await tx`select public.mark_claim_notifications_read(${claim})`;
      };
      const write = (tx: TransactionSql) =>
        tx`insert into public.claim_messages (claim_id, body) values (${claim}, 'Any news?')`;
      const status = statuses[(at * 7) % statuses.length] ?? "";
      return [
        () => by(member, write),
        () => by(person, write),
        () => by(person, (tx) => tx`select public.move_claim(${claim}, ${status}, ${`Why ${at}`})`),
        () => by(person, (tx) => tx`select public.claim_assign(${claim}, ${person})`),
        () => by(member, read),
        () => by(person, read),
        () => by(person, (tx) => tx`select public.mark_notifications_read()`),
        () => sql`select private.mark_sla(now() + interval '3 days')`,
      ][(at * 5 + (at >> 3)) % 8]?.();
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 300 }, (_, at) => one(at)));
    // No way there, or somebody's already; no deadlock and no timeout.
    assert.deepEqual(
      refusals(outcomes).filter((code) => code !== "23514" && code !== "55000"),
      [],
    );
  }));
