/**
 * What the demo's agent in Kosovo is at: leads in every state, payments that wait to be checked, notes,
 * and commissions on every step of their way.
 *
 * Made once each, like the claims; no mail is sent for any of it.
 */
import { createClient } from "@supabase/supabase-js";
import { authPassword } from "@core/identity/auth_password.ts";
import type { Sql } from "postgres";
import { act, pdf } from "./demo_claims.ts";
import type { StackEnv } from "./settings.ts";

const AGENT = "agent.ks@demo.test";
const MEMBER = "member.ks@demo.test";
const MANAGER = "manager.ks@demo.test";
const ADMIN = "admin.ks@demo.test";

interface DemoLead {
  readonly id: string;
  readonly first: string;
  readonly last: string;
  readonly email: string;
  readonly status: "new" | "contacted" | "converted" | "lost" | "expired";
  readonly daysAgo: number;
  readonly note?: string;
  readonly lostReason?: string;
}

const WAITING = "c0de0000-0000-4000-8000-000000000043";
const ASKED = "c0de0000-0000-4000-8000-000000000044";

const LEADS: readonly DemoLead[] = [
  {
    id: "c0de0000-0000-4000-8000-000000000041",
    first: "Blerta",
    last: "Osmani",
    email: "blerta.osmani@lead.demo.test",
    status: "new",
    daysAgo: 1,
    note: "U takuam në panair. Ka dy vetura.",
  },
  {
    id: "c0de0000-0000-4000-8000-000000000042",
    first: "Valon",
    last: "Thaçi",
    email: "valon.thaci@lead.demo.test",
    status: "contacted",
    daysAgo: 26,
    note: "Do të vendosë pas rrogës.",
  },
  {
    id: WAITING,
    first: "Mimoza",
    last: "Kastrati",
    email: "mimoza.kastrati@lead.demo.test",
    status: "contacted",
    daysAgo: 3,
  },
  {
    id: ASKED,
    first: "Faton",
    last: "Zeka",
    email: "faton.zeka@lead.demo.test",
    status: "contacted",
    daysAgo: 5,
  },
  {
    id: "c0de0000-0000-4000-8000-000000000045",
    first: "Arta",
    last: "Berisha",
    email: MEMBER,
    status: "converted",
    daysAgo: 151,
  },
  {
    id: "c0de0000-0000-4000-8000-000000000046",
    first: "Shpend",
    last: "Avdiu",
    email: "shpend.avdiu@lead.demo.test",
    status: "lost",
    daysAgo: 40,
    lostReason: "Ka sigurim juridik nga puna.",
  },
  {
    id: "c0de0000-0000-4000-8000-000000000047",
    first: "Njomza",
    last: "Hasani",
    email: "njomza.hasani@lead.demo.test",
    status: "expired",
    daysAgo: 75,
  },
];

/**
 * Makes what is not there yet.
 *
 * @param sql The database's owner.
 * @param env Where the functions answer.
 */
export async function plantSales(sql: Sql, env: StackEnv): Promise<void> {
  for (const lead of LEADS) await plantLead(sql, lead);
  await pay(sql, env, WAITING, "standard", "KS-0117");
  await pay(sql, env, ASKED, "family", "KS-0109");
  await act(sql, MANAGER, async (tx) => {
    const [attempt] = await tx<{ id: string }[]>`
      select id from public.lead_payment_attempts where lead_id = ${ASKED} and status = 'pending'
        and not is_resubmission`;
    if (attempt === undefined) return;
    await tx`
      select private.ask_about_cash(${attempt.id}, 'Shuma në dëftesë nuk lexohet. Një foto më e qartë?')`;
  });
  await note(sql);
  await decide(sql);
}

async function plantLead(sql: Sql, lead: DemoLead): Promise<void> {
  const { id, first, last, email, status, daysAgo } = lead;
  const acted = new Date(Date.now() - daysAgo * 86_400_000);
  const expires = new Date(acted.getTime() + 30 * 86_400_000);
  await sql`
    insert into public.member_leads
      (id, tenant_id, branch_id, agent_id, created_by, first_name, last_name, email, locale, plan_id,
       status, lost_reason, note, last_act_at, expires_at, created_at, converted_user_id, converted_at)
    select ${id}, agent.tenant_id, agent.branch_id, agent.id, agent.id, ${first}, ${last}, ${email},
      'sq',
      (select id from public.membership_plans where tenant_id = agent.tenant_id and tier = 'standard'),
      ${status}, ${lead.lostReason ?? null}, ${lead.note ?? null}, ${acted}, ${expires}, ${acted},
      case when ${status} = 'converted' then member.id end,
      case when ${status} = 'converted' then ${acted}::timestamptz end
    from public.profiles as agent
    left join public.profiles as member on member.email = ${MEMBER}
    where agent.email = ${AGENT}
    on conflict do nothing`;
}

/** Cash that the agent handed in, with a receipt; unless it was handed in before. */
async function pay(
  sql: Sql,
  env: StackEnv,
  lead: string,
  tier: string,
  receipt: string,
): Promise<void> {
  const [present] = await sql`select from public.lead_payment_attempts where lead_id = ${lead}`;
  if (present !== undefined) return;
  const proof = await upload(env, lead, receipt);
  await act(sql, AGENT, (tx) =>
    tx`
    select private.record_cash(
      ${lead},
      (select id from public.membership_plans where tenant_id = 'ks' and tier = ${tier}),
      ${receipt}, now() - interval '1 day', ${proof}, null
    )`);
}

/** By the function that looks at every receipt, which runs in this stack already. */
async function upload(env: StackEnv, lead: string, receipt: string): Promise<string> {
  const client = createClient(env["SUPABASE_URL"] ?? "", env["SUPABASE_PUBLISHABLE_KEY"] ?? "", {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await client.auth.signInWithPassword({
    email: AGENT,
    password: authPassword(env["DEMO_PASSWORD"] ?? ""),
  });
  if (error) throw error;
  const answer = await fetch(`${env["SUPABASE_URL"]}/functions/v1/documents/proofs?lead=${lead}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${data.session.access_token}`,
      "content-type": "application/pdf",
      "x-file-name": encodeURIComponent(`deftesa-${receipt}.pdf`),
    },
    body: new TextEncoder().encode(pdf(`Deftesa ${receipt}: paguar ne dore`)),
  });
  if (!answer.ok) throw new Error(`The receipt ${receipt} was refused: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

async function note(sql: Sql): Promise<void> {
  await act(sql, AGENT, async (tx) => {
    const [present] = await tx`select from public.member_notes limit 1`;
    const [member] = await tx<{ id: string }[]>`
      select id from public.profiles where email = ${MEMBER}`;
    if (present !== undefined || member === undefined) return;
    await tx`
      select private.add_member_note(${member.id}, 'call', 'Preferon të thirret pas orës 17.', null)`;
    await tx`
      select private.add_member_note(
        ${member.id}, 'follow_up', 'Ta pyes për rastin e fluturimit.', now() + interval '2 hours'
      )`;
    await tx`
      select private.add_member_activity(
        ${member.id}, 'meeting', now() - interval '20 days', 'Ia shpjegova si dërgohet një kërkesë.'
      )`;
  });
  await sql`
    insert into public.referral_clicks (tenant_id, agent_id, day, clicks)
    select tenant_id, id, current_date - days, 1 + days % 4
    from public.profiles, generate_series(1, 20, 3) as days
    where email = ${AGENT}
    on conflict do nothing`;
}

/**
 * Earlier earnings of the agent: one paid, one approved, one void; that of the demo's purchase waits.
 * They are on the membership of the agent's member.
 */
async function decide(sql: Sql): Promise<void> {
  const earlier = ["paid", "approved", "void", "pending"] as const;
  for (const [at, status] of earlier.entries()) {
    const transaction = `txn_demo_${status}`;
    // Nobody earns on a payment that there was not.
    await sql`
      insert into public.billing_invoices
        (tenant_id, user_id, subscription_id, provider_subscription_id, provider_transaction_id,
         origin, currency, subtotal_cents, tax_cents, amount_cents, billed_at)
      select member.tenant_id, member.id, membership.id, membership.provider_subscription_id,
        ${transaction}, 'subscription_update', 'EUR', 1695, 305, 2000, now() - make_interval(days => ${
      90 - at * 20
    })
      from public.profiles as member
      join public.subscriptions as membership on membership.user_id = member.id
      where member.email = ${MEMBER}
      on conflict do nothing`;
    const [made] = await sql<{ id: string }[]>`
      insert into public.agent_commissions
        (tenant_id, agent_id, member_id, subscription_id, provider_subscription_id, type, amount_cents,
         currency, rate_percent, base_cents, period_start, source_transaction_id, created_at)
      select member.tenant_id, member.agent_id, member.id, membership.id,
        membership.provider_subscription_id, 'upgrade', 254, 'EUR', 15, 1695,
        membership.current_period_start, ${transaction}, now() - make_interval(days => ${
      90 - at * 20
    })
      from public.profiles as member
      join public.subscriptions as membership on membership.user_id = member.id
      where member.email = ${MEMBER}
      on conflict do nothing
      returning id`;
    if (made === undefined || status === "pending") continue;
    const steps = status === "paid" ? ["approved", "paid"] : [status];
    for (const step of steps) {
      await act(sql, ADMIN, (tx) =>
        tx`
        select private.decide_commissions(
          array[${made.id}::uuid], ${step}, ${step === "void" ? "Paguar gabimisht" : null},
          ${step === "paid" ? "Transferta 2026-10-31" : null}
        )`);
    }
  }
}
