/**
 * The critical flows in a database: somebody buys, files a claim, staff moves it, the other tenant sees
 * none of it. By the function's own code and the people's own rights, all in one transaction that is
 * rolled back.
 */
import postgres, { type TransactionSql } from "postgres";
import { parseDelivery } from "@core/billing/paddle_events.ts";
import { receiveEvent } from "@core/billing/process_event.ts";
import type { Database, Transaction } from "@core/platform/database.ts";
import { sha256 } from "@core/platform/sha256.ts";
import { purchase } from "./flow_events.ts";
import { Refused } from "./manifest.ts";

/** Thrown so that nothing stays. */
class Undo extends Error {
  override readonly name = "Undo";
}

/**
 * Tries the flows.
 *
 * @param url The database as its owner.
 * @returns What went well, a line each.
 * @throws {Refused} With the first step that did not.
 */
export async function tryFlows(url: string): Promise<string[]> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => {},
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  });
  let said: string[] = [];
  try {
    await sql.begin(async (tx) => {
      said = await steps(tx);
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
  return said;
}

async function steps(tx: TransactionSql): Promise<string[]> {
  const plans = await tx<{ tenant: string; priceId: string; cents: number }[]>`
    select distinct on (tenant_id) tenant_id as tenant, paddle_price_id as price_id,
      price_cents as cents
    from public.membership_plans
    where is_active and paddle_price_id is not null
    order by tenant_id, price_cents`;
  if (plans.length === 0) return ["Nothing is sold here, so no purchase and no claim was tried."];
  const said: string[] = [];
  for (const { tenant, priceId, cents } of plans) {
    const [member, staff] = [await person(tx, tenant, "member"), await person(tx, tenant, "staff")];
    await buy(tx, { member, tenant, priceId, cents });
    const claim = await fileClaim(tx, member);
    await move(tx, { claim, staff, member });
    const elsewhere = plans.find((plan) => plan.tenant !== tenant)?.tenant;
    if (elsewhere !== undefined) {
      await unseen(tx, await person(tx, elsewhere, "staff"), member, claim);
    }
    said.push(
      `${tenant}: bought, paid, filed a claim, staff moved it${
        elsewhere === undefined ? "" : `, ${elsewhere} saw nothing`
      }; rolled back.`,
    );
  }
  return said;
}

interface Purchase {
  readonly member: string;
  readonly tenant: string;
  readonly priceId: string;
  readonly cents: number;
}

async function buy(tx: TransactionSql, wish: Purchase): Promise<void> {
  const db = inside(tx);
  for (const event of purchase(wish)) {
    const body = new TextEncoder().encode(JSON.stringify(event));
    const result = await receiveEvent(db, {
      ...parseDelivery(body),
      payloadHash: sha256(body),
      signature: "fetched",
    });
    require(result === "ok", `billing: ${event["event_type"]} was answered "${result}"`);
  }
  const seen = await as(tx, wish.member, async (sp) => {
    const [row] = await sp<{ access: string; invoices: number; paid: number }[]>`
      select public.membership_access(${wish.member}) as access,
        count(*)::int as invoices, coalesce(sum(amount_cents), 0)::int as paid
      from public.billing_invoices as invoice
      join public.subscriptions as subscription on subscription.id = invoice.subscription_id
      where subscription.user_id = ${wish.member}`;
    return row;
  });
  require(seen?.access === "active", `billing: a member who bought has access "${seen?.access}"`);
  require(seen?.invoices === 1, `billing: a member who bought sees ${seen?.invoices} invoices`);
}

async function fileClaim(tx: TransactionSql, member: string): Promise<string> {
  const claim = crypto.randomUUID();
  await as(tx, member, async (sp) => {
    await sp`
      insert into public.claims (id, title, company, description, category, amount_cents)
      values (${claim}, 'Restore check', 'Restore check', 'Written by the check of a restore.',
              'other', 1000)`;
    await sp`select public.submit_claim(${claim})`;
  });
  return claim;
}

async function move(
  tx: TransactionSql,
  { claim, staff, member }: { claim: string; staff: string; member: string },
): Promise<void> {
  await as(tx, staff, (sp) => sp`select public.move_claim(${claim}, 'verification')`);
  const [seen] = await as(tx, member, (sp) =>
    sp<{ status: string; claimNumber: string }[]>`
      select status, claim_number from public.claims where id = ${claim}`);
  require(seen?.status === "verification", `claims: the member sees the status "${seen?.status}"`);
  const [audited] = await tx<{ count: number }[]>`
    select count(*)::int as count from public.audit_log where entity_id = ${claim}`;
  require((audited?.count ?? 0) >= 3, `audit: ${audited?.count} rows tell of the claim`);
}

async function unseen(
  tx: TransactionSql,
  stranger: string,
  member: string,
  claim: string,
): Promise<void> {
  const [seen] = await as(tx, stranger, (sp) =>
    sp<{ count: number }[]>`
      select (select count(*) from public.claims where id = ${claim})
        + (select count(*) from public.subscriptions where user_id = ${member})
        + (select count(*) from public.profiles where id = ${member}) as count`);
  require(seen?.count === 0, "isolation: staff of another tenant sees the member");
}

/** Somebody new; nothing of the people who are there is touched. */
async function person(tx: TransactionSql, tenant: string, role: string): Promise<string> {
  const id = crypto.randomUUID();
  await tx`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values (${id}, 'authenticated', 'authenticated', ${`restore-${id}@example.invalid`},
            ${tx.json({ tenant, "full_name": "Restore check" })})`;
  if (role !== "member") await tx`update public.profiles set role = ${role} where id = ${id}`;
  return id;
}

/** A person's part of the transaction, under the rights that they have. */
async function as<T>(
  tx: TransactionSql,
  personId: string,
  work: (sp: TransactionSql) => Promise<T>,
): Promise<T> {
  await tx`
    select set_config('request.jwt.claim.sub', ${personId}, true),
      set_config('request.jwt.claims', ${JSON.stringify({ sub: personId })}, true),
      set_config('role', 'authenticated', true)`;
  const result = await work(tx);
  await leave(tx);
  return result;
}

async function leave(tx: TransactionSql): Promise<void> {
  await tx`
    select set_config('role', 'none', true), set_config('request.jwt.claim.sub', '', true),
      set_config('request.jwt.claims', '', true)`;
}

/** The way to data that our own code knows, inside of the transaction that is going to be undone. */
function inside(tx: TransactionSql): Database {
  return {
    asService: async (role, work) => {
      return await tx.savepoint(async (sp) => {
        await sp`select set_config('role', ${role}, true)`;
        const result = await work(sp as unknown as Transaction);
        await leave(sp);
        return result;
      }) as Awaited<ReturnType<typeof work>>;
    },
    asUser: () => Promise.reject(new Error("nobody signs in here")),
    asAnon: () => Promise.reject(new Error("nobody visits here")),
    end: () => Promise.resolve(),
  };
}

function require(holds: boolean, otherwise: string): void {
  if (!holds) throw new Refused(`A flow does not work: ${otherwise}.`);
}
