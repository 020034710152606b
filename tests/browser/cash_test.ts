/**
 * Cash, from the agent's hand to the member's card: handed in, asked about, handed in again, approved by
 * somebody else; approved twice it is approved once.
 */
import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit } from "../support/browser.ts";
import { stackValue } from "../support/stack_env.ts";
import { demoPerson, eventually, signIn, SITE, sql } from "./people.ts";

/** A link of the latest mail to an address. */
async function linkInMail(address: string, pattern: RegExp): Promise<string> {
  const inbox = stackValue("TEST_INBOX_URL");
  return await eventually(async () => {
    const answer = await fetch(`${inbox}/api/messages`);
    const mails = await answer.json() as { to: string | string[]; html: string }[];
    const mail = mails.find(({ to }) => [to].flat().some((one) => one.includes(address)));
    return mail === undefined ? undefined : pattern.exec(mail.html)?.[0];
  });
}

async function jobMails(): Promise<void> {
  const answer = await fetch(`${SITE}/api/cron/mails`, {
    method: "POST",
    headers: { authorization: `Bearer ${stackValue("CRON_SECRET").split(",")[0]}` },
  });
  await answer.body?.cancel();
}

Deno.test("cash becomes a membership: asked about, sent again, approved once", async () => {
  const email = `cash-${crypto.randomUUID().slice(0, 8)}@example.test`;

  // The agent writes the lead down and hands the cash in.
  let lead = "";
  let attempt = "";
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, demoPerson("agent.ks"), "/en/agent/leads/new");
    await page.locator("[name=firstName]").fill("Përparim");
    await page.locator("[name=lastName]").fill("Çela");
    await page.locator("[name=email]").fill(email);
    await page.locator("main form button[type=submit]").last().click();
    lead = (await eventually(async () => {
      const [row] = await sql<{ id: string }[]>`
        select id from public.member_leads where email = ${email}`;
      return row;
    })).id;
  });
  const [agent] = await sql<{ id: string }[]>`
    select id from public.profiles where email = 'agent.ks@demo.test'`;
  const [plan] = await sql<{ id: string }[]>`
    select id from public.membership_plans where tenant_id = 'ks' and tier = 'standard' and is_active`;
  attempt = await sql.begin(async (tx) => {
    await tx`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claim.sub', ${agent?.id ?? ""}, true),
      set_config('request.jwt.claims', ${
      JSON.stringify({ sub: agent?.id, role: "authenticated" })
    }, true)`;
    const [row] = await tx<{ id: string }[]>`
      select private.record_cash(${lead}::uuid, ${
      plan?.id ?? ""
    }::uuid, 'R-1', now(), null, null) as id`;
    return row?.id ?? "";
  });
  const row = `[data-attempt="${attempt}"]`;

  // The manager asks for more.
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, demoPerson("manager.ks"), "/en/admin/leads");
    await page.getByTestId("verification-ops-page").waitFor();
    await assertAccessible(page);
    await page.locator(row).getByTestId("cash-needs-info").click();
    await page.locator(row).locator("textarea").first().fill("Which receipt?");
    await page.locator(row).getByTestId("cash-needs-info-send").click();
    await page.locator("[data-done=ask]").waitFor();
  });

  // The agent answers, the administrator approves; twice is once.
  await sql.begin(async (tx) => {
    await tx`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claim.sub', ${agent?.id ?? ""}, true),
      set_config('request.jwt.claims', ${
      JSON.stringify({ sub: agent?.id, role: "authenticated" })
    }, true)`;
    await tx`select private.resubmit_cash(${attempt}::uuid, 'R-1001', now(), null, 'This one')`;
  });
  await visit({ screen: "desktop", language: "en" }, async (page) => {
    await signIn(page, demoPerson("admin.ks"), `/en/admin/leads/${lead}`);
    await page.getByTestId("admin-lead-ready").waitFor();
    await assertAccessible(page);
    await page.locator(row).getByTestId("cash-approve").click();
    await page.locator("[data-done=approve]").waitFor();
    const again = await page.evaluate(async (path) => {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "do=approve&back=lead",
      });
      return answer.url;
    }, `/en/admin/leads/payments/${attempt}`);
    assert.match(again, /done=approve/);
  });
  const [made] = await sql<Record<string, number>[]>`
    select (select count(*)::integer from public.profiles where email = ${email}) as people,
           (select count(*)::integer from public.subscriptions as s join public.profiles as p on p.id = s.user_id
            where p.email = ${email} and s.status = 'active') as memberships,
           (select count(*)::integer from public.agent_commissions as c join public.profiles as p on p.id = c.member_id
            where p.email = ${email}) as commissions,
           (select count(*)::integer from public.membership_cards as c join public.profiles as p on p.id = c.user_id
            where p.email = ${email}) as cards`;
  assert.deepEqual({ ...made }, { people: 1, memberships: 1, commissions: 1, cards: 1 });

  // The member chooses a password and shows the card, which somebody scans.
  await jobMails();
  const welcome = await linkInMail(email, /https?:\/\/[^"\s]+\/welcome\/[A-Za-z0-9_-]+/);
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await page.goto(`${SITE}${new URL(welcome).pathname}`);
    await page.locator("input[name=password]").fill("A-long-Password-7");
    await page.locator("main form button[type=submit]").first().click();
    await page.waitForURL(/\/member/);
    await page.goto(`${SITE}/en/member/membership/card`);
    await page.locator("[data-valid=true]").waitFor();
    await assertAccessible(page);
    assert.match(await page.locator("main").innerText(), /Përparim Çela/);
    const pdf = await page.request.get(`${SITE}/en/member/membership/card/pdf`);
    assert.equal(pdf.headers()["content-type"], "application/pdf");
    assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
  });
  const [token] = await sql<{ token: string }[]>`
    select private.card_code(c.id, c.generation) as token from public.membership_cards as c
    join public.profiles as p on p.id = c.user_id where p.email = ${email}`;
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await page.goto(`${SITE}/verify/${token?.token}`);
    await page.locator("[data-verdict=valid]").waitFor();
    await assertAccessible(page);
    const words = await page.locator("main").innerText();
    assert.doesNotMatch(words, /Përparim|MEM-|KS-20/);
    await page.goto(`${SITE}/en/verify/${"A".repeat(43)}`);
    await page.locator("[data-verdict=not_valid]").waitFor();
  });
});

Deno.test({
  name: "the cash test closes what it opened",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
});
