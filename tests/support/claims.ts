/** Members with claims, made in the database as real ones are, for tests of what is done with them. */
import type { Sql, TransactionSql } from "postgres";

/** What can be said of a claim; the rest is made up. */
export interface ClaimFacts {
  readonly title?: string;
  readonly company?: string;
  readonly description?: string;
  readonly category?: string;
  /** Hours from now until it is due; negative for overdue. */
  readonly dueIn?: number;
}

/** A claim that was sent. */
export interface SentClaim {
  readonly id: string;
  readonly number: string;
  readonly memberId: string;
}

/** The id of somebody of the demo, by the part of the address before the @. */
export async function demoId(sql: Sql, name: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from public.profiles where email = ${`${name}@demo.test`}`;
  if (row === undefined) throw new Error(`there is no ${name}`);
  return row.id;
}

/** A member with a membership; looked after by an agent of the demo, if one is named. */
export async function newMember(
  sql: Sql,
  facts: { readonly name?: string; readonly tenant?: string; readonly agent?: string } = {},
): Promise<string> {
  const { name = "Mirjeta Krasniqi", tenant = "ks", agent } = facts;
  const id = crypto.randomUUID();
  await sql`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    values (${id}, 'authenticated', 'authenticated', ${`claims-${id.slice(0, 8)}@example.test`},
            ${sql.json({ tenant, full_name: name })})`;
  await sql`
    insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
    values (${tenant}, ${id}, ${`sub_${id}`}, 'active')`;
  if (agent !== undefined) {
    await sql`update public.profiles set agent_id = ${await demoId(sql, agent)} where id = ${id}`;
  }
  return id;
}

/** Does something in a person's name, as the site does. */
export async function act<T>(
  sql: Sql,
  person: string,
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T> {
  return await sql.begin(async (tx) => {
    await tx`
      select set_config('role', 'authenticated', true),
             set_config('request.jwt.claim.sub', ${person}, true),
             set_config('request.jwt.claims', ${JSON.stringify({ sub: person })}, true)`;
    return await work(tx);
  }) as T;
}

/** A claim that a member has sent. */
export async function sentClaim(
  sql: Sql,
  memberId: string,
  facts: ClaimFacts = {},
): Promise<SentClaim> {
  const {
    title = "Water from the flat above",
    company = "Building Care",
    description = "A pipe burst above us and the ceiling of the bathroom came down.",
    category = "property",
    dueIn,
  } = facts;
  const id = crypto.randomUUID();
  const number = await act(sql, memberId, async (tx) => {
    await tx`
      insert into public.claims (id, title, company, description, category)
      values (${id}, ${title}, ${company}, ${description}, ${category})`;
    const [sent] = await tx<{ number: string }[]>`
      select claim_number as number from public.submit_claim(${id})`;
    return sent?.number ?? "";
  });
  if (dueIn !== undefined) {
    await sql`
      update public.claims set triage_due_at = now() + make_interval(secs => ${dueIn * 3600})
      where id = ${id}`;
  }
  return { id, number, memberId };
}
