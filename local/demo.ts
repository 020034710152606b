/**
 * Demo people and what they did, made the way real people would: Auth's own sign-up, and purchases
 * whose webhooks travel through the edge function.
 *
 * Every step looks first whether it was taken, so a start that was killed half-way completes it.
 */
import { createClient } from "@supabase/supabase-js";
import { authPassword } from "@core/identity/auth_password.ts";
import type { Sql } from "postgres";
import { plantClaims } from "./demo_claims.ts";
import { plantSales } from "./demo_sales.ts";
import type { StackEnv } from "./settings.ts";

/** One demo person. */
interface DemoAccount {
  readonly email: string;
  readonly name: string;
  readonly tenant: "ks" | "mk";
  /** Whatever is not a member is granted after sign-up. */
  readonly role: "member" | "agent" | "staff" | "branch_manager" | "tenant_admin" | "super_admin";
  /** Code of the branch. */
  readonly branch?: string;
  /** E-mail of the agent who looks after this member. */
  readonly agent?: string;
  /**
   * What was bought, and how many days ago: after the last mail of the first months. A start sends
   * none of them, so whoever sets `started_at` to another day sees the mail of that day.
   */
  readonly bought?: { readonly tier: "standard" | "family"; readonly daysAgo: number };
  /** The renewal failed this many days ago. */
  readonly renewalFailedDaysAgo?: number;
  /** For the table that a start prints. */
  readonly what: string;
}

/** Everyone in the demo; the password of all is `DEMO_PASSWORD`. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  {
    email: "agent.ks@demo.test",
    name: "Driton Krasniqi",
    tenant: "ks",
    role: "agent",
    branch: "KS-A",
    what: "agent in Kosovo, brought member.ks",
  },
  {
    email: "agent.mk@demo.test",
    name: "Elena Stojanovska",
    tenant: "mk",
    role: "agent",
    branch: "MK-A",
    what: "agent in North Macedonia",
  },
  {
    email: "member.ks@demo.test",
    name: "Arta Berisha",
    tenant: "ks",
    role: "member",
    branch: "KS-A",
    agent: "agent.ks@demo.test",
    bought: { tier: "standard", daysAgo: 150 },
    what: "member in Kosovo, active",
  },
  {
    email: "member2.ks@demo.test",
    name: "Besnik Gashi",
    tenant: "ks",
    role: "member",
    branch: "KS-B",
    bought: { tier: "family", daysAgo: 130 },
    what: "member in Kosovo, active",
  },
  {
    email: "lapsed.ks@demo.test",
    name: "Vjosa Hoxha",
    tenant: "ks",
    role: "member",
    branch: "KS-A",
    bought: { tier: "standard", daysAgo: 365 + 20 },
    renewalFailedDaysAgo: 20,
    what: "member in Kosovo, payment failed, grace is over",
  },
  {
    email: "new.ks@demo.test",
    name: "Liridon Shala",
    tenant: "ks",
    role: "member",
    what: "registered in Kosovo, has not bought yet",
  },
  {
    email: "staff.ks@demo.test",
    name: "Fatime Morina",
    tenant: "ks",
    role: "staff",
    branch: "KS-A",
    what: "staff in Kosovo",
  },
  {
    email: "staff2.ks@demo.test",
    name: "Agim Rexhepi",
    tenant: "ks",
    role: "staff",
    branch: "KS-B",
    what: "staff in Kosovo",
  },
  {
    email: "manager.ks@demo.test",
    name: "Teuta Bytyqi",
    tenant: "ks",
    role: "branch_manager",
    branch: "KS-A",
    what: "branch manager in Kosovo",
  },
  {
    email: "admin.ks@demo.test",
    name: "Ilir Kelmendi",
    tenant: "ks",
    role: "tenant_admin",
    what: "administrator of Kosovo",
  },
  {
    email: "member.mk@demo.test",
    name: "Marija Petrovska",
    tenant: "mk",
    role: "member",
    branch: "MK-A",
    agent: "agent.mk@demo.test",
    bought: { tier: "standard", daysAgo: 140 },
    what: "member in North Macedonia, active",
  },
  {
    email: "staff.mk@demo.test",
    name: "Goran Nikolovski",
    tenant: "mk",
    role: "staff",
    branch: "MK-A",
    what: "staff in North Macedonia",
  },
  {
    email: "admin.mk@demo.test",
    name: "Vesna Dimitrova",
    tenant: "mk",
    role: "tenant_admin",
    what: "administrator of North Macedonia",
  },
  {
    email: "super@demo.test",
    name: "Ana Ristić",
    tenant: "ks",
    role: "super_admin",
    what: "administrator of all tenants",
  },
];

/** Options of {@linkcode plantDemo}. */
export interface DemoOptions {
  /** The database's owner. */
  readonly sql: Sql;
  readonly env: StackEnv;
  readonly say: (line: string) => void;
}

const DAY = 86_400_000;

/**
 * Makes the demo people, their memberships and claims, once.
 *
 * @param options The stack to plant into; its gateway and its Paddle simulator must be running.
 */
export async function plantDemo({ sql, env, say }: DemoOptions): Promise<void> {
  const present = new Set(
    (await sql<{ email: string }[]>`select email from public.profiles`).map((row) => row.email),
  );
  const missing = DEMO_ACCOUNTS.filter((account) => !present.has(account.email));
  if (missing.length > 0) say("Making the demo data …");
  await Promise.all(missing.map((account) => signUp(env, account)));
  for (const account of DEMO_ACCOUNTS) await place(sql, account);
  for (const account of DEMO_ACCOUNTS) await buy(sql, env, account);
  await plantClaims(sql, env);
  await plantSales(sql, env);
}

async function signUp(env: StackEnv, account: DemoAccount): Promise<void> {
  const client = createClient(env["SUPABASE_URL"] ?? "", env["SUPABASE_PUBLISHABLE_KEY"] ?? "", {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { error } = await client.auth.signUp({
    email: account.email,
    password: authPassword(env["DEMO_PASSWORD"] ?? ""),
    options: { data: { tenant: account.tenant, full_name: account.name } },
  });
  if (error) throw new Error(`Sign-up of ${account.email} failed: ${error.message}`);
}

/** Role, branch and agent, as an administrator would set them in Studio. */
async function place(sql: Sql, account: DemoAccount): Promise<void> {
  await sql`
    update public.profiles as person
    set role = ${account.role},
      branch_id = (
        select id from public.branches
        where tenant_id = ${account.tenant} and code = ${account.branch ?? null}
      ),
      agent_id = (select id from public.profiles where email = ${account.agent ?? null}),
      created_at = now() - make_interval(days => ${(account.bought?.daysAgo ?? 0) + 1})
    where email = ${account.email} and role = 'member' and branch_id is null`;
}

interface Purchase {
  readonly userId: string;
  readonly priceId: string;
  readonly subscriptionId: string | null;
  readonly status: string | null;
}

async function buy(sql: Sql, env: StackEnv, account: DemoAccount): Promise<void> {
  const { bought, renewalFailedDaysAgo } = account;
  if (bought === undefined) return;
  const [known] = await readPurchase(sql, account, bought.tier);
  if (known === undefined) throw new Error(`No plan ${bought.tier} for ${account.email}`);
  if (known.subscriptionId === null) {
    await simulate(env, "purchases", {
      price_id: known.priceId,
      email: account.email,
      name: account.name,
      custom_data: { user_id: known.userId, tenant_id: account.tenant },
      occurred_at: daysAgo(bought.daysAgo),
    });
    await waitFor(sql, account, bought.tier, (purchase) => purchase.subscriptionId !== null);
  }
  if (renewalFailedDaysAgo === undefined) return;
  const [now] = await readPurchase(sql, account, bought.tier);
  if (now?.status !== "active") return;
  await simulate(env, `subscriptions/${now.subscriptionId}/renew`, {
    outcome: "failed",
    occurred_at: daysAgo(renewalFailedDaysAgo),
  });
  await waitFor(sql, account, bought.tier, (purchase) => purchase.status === "past_due");
}

function readPurchase(sql: Sql, account: DemoAccount, tier: string): Promise<Purchase[]> {
  return sql<Purchase[]>`
    select person.id as "userId", plan.paddle_price_id as "priceId",
      subscription.provider_subscription_id as "subscriptionId", subscription.status
    from public.profiles as person
    join public.membership_plans as plan on plan.tenant_id = person.tenant_id and plan.tier = ${tier}
    left join public.subscriptions as subscription on subscription.user_id = person.id
    where person.email = ${account.email}`;
}

async function simulate(env: StackEnv, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${env["PADDLE_API_URL"]}/sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`The Paddle simulator refused ${path}: ${await response.text()}`);
  }
  await response.body?.cancel();
}

/** The webhook is on its way; it arrives as in real life, a moment later. */
async function waitFor(
  sql: Sql,
  account: DemoAccount,
  tier: string,
  done: (purchase: Purchase) => boolean,
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const [purchase] = await readPurchase(sql, account, tier);
    if (purchase !== undefined && done(purchase)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The purchase of ${account.email} did not arrive; see webhook_events.error`);
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY).toISOString();
}
