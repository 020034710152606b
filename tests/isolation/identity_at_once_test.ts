/**
 * Roles, invitations and counts under many hands at the same moment: no country is left without an
 * administrator, nothing is given twice, and nothing is counted wrong.
 */
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { hashOfToken, newLinkToken } from "@core/claims/link_token.ts";
import { stackValue } from "../support/stack_env.ts";

async function withDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 12, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await closeTenants(sql);
    await sql.end();
  }
}

/** What ids of countries made here begin with. */
const OURS = "at_once_";

/** A country of its own, so that its administrators are those of one test. */
async function newTenant(sql: Sql): Promise<string> {
  const id = `${OURS}${crypto.randomUUID().slice(0, 8)}`;
  await sql`
    insert into public.tenants
      (id, name, legal_name, country_code, support_email, support_phone)
    values (${id}, 'Test', 'Test Ltd', 'XK', 'help@example.test', '+383 38 000 000')`;
  return id;
}

/** Takes them away again: visitors see all countries. */
async function closeTenants(sql: Sql): Promise<void> {
  const ours = `${OURS}%`;
  await sql`delete from public.invitations where tenant_id like ${ours}`;
  await sql`
    delete from auth.users where id in (select id from public.profiles where tenant_id like ${ours})`;
  await sql`delete from public.tenant_service_times where tenant_id like ${ours}`;
  await sql`delete from public.tenants where id like ${ours}`;
}

interface Person {
  readonly id: string;
  readonly email: string;
}

async function signUp(sql: Sql, tenant: string, role = "member"): Promise<Person> {
  const email = `${crypto.randomUUID()}@example.test`;
  const [row] = await sql<{ id: string }[]>`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values (gen_random_uuid(), 'authenticated', 'authenticated', ${email},
      ${sql.json({ tenant })})
    returning id`;
  const id = row?.id ?? "";
  await sql`update public.profiles set role = ${role} where id = ${id} and role <> ${role}`;
  return { id, email };
}

/** A transaction of a signed-in person. */
function act<T>(sql: Sql, person: Person, work: (tx: TransactionSql) => Promise<T>) {
  return sql.begin(async (tx) => {
    await tx`
      select set_config('role', 'authenticated', true),
        set_config('request.jwt.claim.sub', ${person.id}, true),
        set_config('request.jwt.claims', ${JSON.stringify({ sub: person.id })}, true)`;
    return await work(tx);
  });
}

function refusals(outcomes: PromiseSettledResult<unknown>[]): string[] {
  return outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [(outcome.reason as { code?: string }).code ?? "?"] : []
  );
}

async function activeAdmins(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql<{ admins: number }[]>`
    select count(*)::integer as admins from public.profiles
    where tenant_id = ${tenant} and role = 'tenant_admin' and is_active`;
  return row?.admins ?? 0;
}

/** The ways in which somebody's right is taken. */
const TAKE: Readonly<Record<string, (tx: TransactionSql, from: Person) => Promise<unknown>>> = {
  "by the function": (tx, from) => tx`select private.set_role(${from.id}, 'member', null)`,
  "by an update": (tx, from) =>
    tx`update public.profiles set role = 'staff' where id = ${from.id} returning id`,
  "by a lock": (tx, from) => tx`select private.set_active(${from.id}, false)`,
};

for (const [way, take] of Object.entries(TAKE)) {
  Deno.test(`of two admins who take each other's right at once ${way}, one stays`, () =>
    withDatabase(async (sql) => {
      for (let round = 0; round < 15; round++) {
        const tenant = await newTenant(sql);
        const one = await signUp(sql, tenant, "tenant_admin");
        const other = await signUp(sql, tenant, "tenant_admin");
        const outcomes = await Promise.allSettled([
          act(sql, one, (tx) => take(tx, other)),
          act(sql, other, (tx) => take(tx, one)),
        ]);
        assert.equal(await activeAdmins(sql, tenant), 1, way);
        assert.ok(
          refusals(outcomes).every((code) => code === "42501" || code === "PT404"),
          `${refusals(outcomes)}`,
        );
      }
    }));
}

Deno.test("of five admins who all lock all others at once, one stays", () =>
  withDatabase(async (sql) => {
    const tenant = await newTenant(sql);
    const admins = await Promise.all(
      Array.from({ length: 5 }, () => signUp(sql, tenant, "tenant_admin")),
    );
    await Promise.allSettled(
      admins.flatMap((one) =>
        admins.filter((other) => other !== one).map((other) =>
          act(sql, one, (tx) => tx`select private.set_active(${other.id}, false)`)
        )
      ),
    );
    assert.equal(await activeAdmins(sql, tenant), 1);
  }));

async function invite(sql: Sql, by: Person, email: string, role: string) {
  const hash = await hashOfToken(newLinkToken());
  await act(
    sql,
    by,
    (tx) => tx`select private.create_invitation(${email}, ${role}, null, '', 'en', ${hash})`,
  );
  return hash;
}

Deno.test("an invitation that is accepted ten times at once gives its role once", () =>
  withDatabase(async (sql) => {
    const tenant = await newTenant(sql);
    const admin = await signUp(sql, tenant, "tenant_admin");
    for (let round = 0; round < 10; round++) {
      const person = await signUp(sql, tenant);
      const hash = await invite(sql, admin, person.email, "staff");
      const outcomes = await Promise.allSettled(
        Array.from(
          { length: 10 },
          () => act(sql, person, (tx) => tx`select private.accept_invitation(${hash})`),
        ),
      );
      assert.deepEqual(refusals(outcomes), []);
      const [told] = await sql<{ accepted: number; granted: number }[]>`
        select count(*) filter (where action = 'invitation.accepted')::integer as accepted,
          count(*) filter (where action = 'user.role_granted')::integer as granted
        from public.audit_log where actor_id = ${person.id}`;
      assert.deepEqual({ ...told }, { accepted: 1, granted: 1 });
    }
  }));

Deno.test("an invitation that is accepted and taken back at once is one or the other", () =>
  withDatabase(async (sql) => {
    const tenant = await newTenant(sql);
    const admin = await signUp(sql, tenant, "tenant_admin");
    for (let round = 0; round < 20; round++) {
      const person = await signUp(sql, tenant);
      const hash = await invite(sql, admin, person.email, "staff");
      const outcomes = await Promise.allSettled([
        act(sql, person, (tx) => tx`select private.accept_invitation(${hash})`),
        act(sql, admin, (tx) =>
          tx`select private.revoke_invitation(id) from public.invitations
             where email = ${person.email}`),
      ]);
      assert.deepEqual(refusals(outcomes), ["55000"]);
      const [kept] = await sql<{ accepted: boolean; revoked: boolean; role: string }[]>`
        select accepted_at is not null as accepted, revoked_at is not null as revoked, (
          select role from public.profiles where id = ${person.id}
        ) as role
        from public.invitations where token_hash = ${hash}`;
      assert.equal(kept?.accepted, outcomes[0].status === "fulfilled");
      assert.equal(kept?.revoked, !kept?.accepted);
      assert.equal(kept?.role, kept?.accepted ? "staff" : "member");
    }
  }));

Deno.test("an admin who invites while the right is taken from them leaves no open invitation", () =>
  withDatabase(async (sql) => {
    const tenant = await newTenant(sql);
    const admin = await signUp(sql, tenant, "tenant_admin");
    for (let round = 0; round < 20; round++) {
      const leaving = await signUp(sql, tenant, "tenant_admin");
      await Promise.allSettled([
        ...Array.from(
          { length: 4 },
          () => invite(sql, leaving, `${crypto.randomUUID()}@example.test`, "tenant_admin"),
        ),
        act(sql, admin, (tx) => tx`select private.set_active(${leaving.id}, false)`),
      ]);
      const [left] = await sql<{ open: number }[]>`
        select count(*)::integer as open from public.invitations
        where invited_by = ${leaving.id} and revoked_at is null and accepted_at is null`;
      assert.equal(left?.open, 0);
    }
  }));

Deno.test("of ten invitations of one address at once one is made", () =>
  withDatabase(async (sql) => {
    const tenant = await newTenant(sql);
    const one = await signUp(sql, tenant, "tenant_admin");
    const other = await signUp(sql, tenant, "tenant_admin");
    const email = `${crypto.randomUUID()}@example.test`;
    const outcomes = await Promise.allSettled(
      Array.from(
        { length: 10 },
        (_, index) => invite(sql, index % 2 === 0 ? one : other, email, "staff"),
      ),
    );
    assert.deepEqual(refusals(outcomes), Array.from({ length: 9 }, () => "23505"));
    const [audited] = await sql<{ created: number }[]>`
      select count(*)::integer as created from public.audit_log
      where tenant_id = ${tenant} and action = 'invitation.created'`;
    assert.equal(audited?.created, 1);
  }));

Deno.test("fifty tries at once are counted as fifty, and exactly as many pass as may", () =>
  withDatabase(async (sql) => {
    const key = crypto.randomUUID();
    const verdicts = await Promise.all(Array.from({ length: 50 }, () =>
      sql.begin(async (tx) => {
        await tx`set local role anon`;
        const [verdict] = await tx<{ allowed: boolean; remaining: number }[]>`
          select allowed, remaining from private.take_rate_limit('storm', ${key}, 20, '1 day')`;
        return verdict;
      })));
    assert.equal(verdicts.filter((verdict) => verdict?.allowed).length, 20);
    const left = verdicts.map((verdict) => verdict?.remaining ?? -1).sort((a, b) => b - a);
    assert.deepEqual(left, Array.from({ length: 50 }, (_, index) => Math.max(19 - index, 0)));
    const [kept] = await sql<{ count: number }[]>`
      select count from public.rate_limits
      where bucket = 'storm' and key_hash = sha256(convert_to(${key}, 'UTF8'))`;
    assert.equal(kept?.count, 50);
  }));

Deno.test("what is cleaned up while it is counted loses no try of today", () =>
  withDatabase(async (sql) => {
    const key = crypto.randomUUID();
    const tries = Array.from(
      { length: 30 },
      () => sql`select * from private.take_rate_limit('swept', ${key}, 100, '1 hour')`,
    );
    const sweeps = Array.from({ length: 5 }, () => sql`select * from private.sweep_identity()`);
    await Promise.all([...tries, ...sweeps]);
    const [kept] = await sql<{ count: number }[]>`
      select count from public.rate_limits
      where bucket = 'swept' and key_hash = sha256(convert_to(${key}, 'UTF8'))`;
    assert.equal(kept?.count, 30);
  }));
