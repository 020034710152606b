/** The people of a storm: members of both tenants, and agents who brought some of them. */
import type { Sql } from "postgres";
import type { Checkout } from "./lives.ts";
import type { StormMember } from "./member_life.ts";
import type { Random } from "./random.ts";

interface Agent {
  readonly id: string;
  readonly tenantId: "ks" | "mk";
  readonly code: string;
}

/**
 * Makes people.
 *
 * @param sql The owner's connection.
 * @param count How many members.
 * @param random Decides who was brought by whom.
 * @returns The members.
 */
export async function makePeople(sql: Sql, count: number, random: Random): Promise<StormMember[]> {
  const agents: Agent[] = Array.from({ length: 8 }, (_, index) => ({
    id: crypto.randomUUID(),
    tenantId: index < 5 ? "ks" : "mk",
    code: `STORM${crypto.randomUUID().slice(0, 8).toUpperCase()}`,
  }));
  const people = Array.from({ length: count }, () => bornMember(agents, random));
  await signUp(sql, [...agents, ...people.map(({ member }) => member)]);
  for (const { id, code } of agents) {
    await sql`update public.profiles set role = 'agent', referral_code = ${code} where id = ${id}`;
  }
  const served = people.flatMap(({ member, servedBy }) =>
    servedBy === null ? [] : [[member.id, servedBy]]
  );
  await sql`
    update public.profiles set agent_id = served.agent_id
    from unnest(
      ${served.map(([id]) => id ?? "")}::uuid[], ${served.map(([, agent]) => agent ?? "")}::uuid[]
    ) as served (id, agent_id)
    where profiles.id = served.id`;
  return people.map(({ member }) => member);
}

function bornMember(
  agents: readonly Agent[],
  random: Random,
): { member: StormMember; servedBy: string | null } {
  const id = crypto.randomUUID();
  const tenantId = random.chance(0.7) ? "ks" : "mk";
  const [own, foreign] = [true, false].map((isOwn) =>
    agents.filter((agent) => (agent.tenantId === tenantId) === isOwn)
  );
  const servedBy = random.chance(0.3) ? random.pick(own ?? []).id : null;
  // Our checkout names its buyer; links made by hand, and Paddle's own pages, may not.
  const names = random.pick(["both", "both", "both", "member", "nobody"]);
  if (names === "nobody") {
    return { member: { id, tenantId, customData: null, agentId: servedBy }, servedBy };
  }
  const code = random.pick(["none", "none", "good", "good", "unknown", "foreign"]);
  const broughtBy = random.pick(own ?? []);
  const refCode = code === "good"
    ? broughtBy.code
    : code === "foreign"
    ? random.pick(foreign ?? []).code
    : code === "unknown"
    ? "NOBODY1"
    : null;
  const customData = {
    "user_id": id,
    ...(names === "both" ? { "tenant_id": tenantId } : {}),
    ...(refCode === null ? {} : { "ref_code": refCode }),
  } as const;
  // A code that leads nowhere takes nothing from the agent who looks after the member.
  const agentId = code === "good" ? broughtBy.id : servedBy;
  return { member: { id, tenantId, customData, agentId }, servedBy };
}

async function signUp(
  sql: Sql,
  people: readonly { id: string; tenantId: string }[],
): Promise<void> {
  const rows = people.map(({ id, tenantId }) => ({
    id,
    email: `${id}@storm.test`,
    "raw_user_meta_data": { tenant: tenantId, "full_name": "Storm Person" },
  }));
  await sql`
    insert into auth.users (id, email, raw_user_meta_data)
    select id, email, raw_user_meta_data
    from jsonb_to_recordset(${sql.json(rows)})
      as person (id uuid, email text, raw_user_meta_data jsonb)`;
}

/**
 * Notes the checkouts that members opened, as the site does.
 *
 * @param sql The owner's connection.
 * @param checkouts Who opened what for which plan.
 */
export async function openCheckouts(sql: Sql, checkouts: readonly Checkout[]): Promise<void> {
  const rows = checkouts.map(({ transactionId, priceId, member }) => ({
    "transaction_id": transactionId,
    "price_id": priceId,
    "user_id": member.id,
  }));
  await sql`
    insert into public.billing_checkouts (provider_transaction_id, tenant_id, user_id, plan_id)
    select transaction_id, plan.tenant_id, user_id, plan.id
    from jsonb_to_recordset(${sql.json(rows)})
      as checkout (transaction_id text, price_id text, user_id uuid)
    join public.membership_plans as plan on plan.paddle_price_id = price_id`;
}
