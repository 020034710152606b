/**
 * An agent's day: leads, cash with a photo of the receipt, members with notes, the link and what it
 * brought. On a phone without JavaScript and on a desktop; and what nobody but the agent gets to see.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { newClaimant, photo, program } from "./claims_people.ts";
import { demoPerson, eventually, newPerson, signIn, SITE, sql } from "./people.ts";

const ROOT = "/en/agent";
const VISITORS: readonly Visitor[] = [
  { screen: "desktop", javaScript: true, language: "en", expects: /40[49]|422/ },
  { screen: "phone", javaScript: false, language: "en", expects: /40[49]|422/ },
];

const look = (page: Page, visitor: Visitor) =>
  visitor.javaScript ? assertAccessible(page) : Promise.resolve();

/** Writes a lead down and answers its id. */
async function newLead(page: Page, email: string): Promise<string> {
  await page.goto(`${SITE}${ROOT}/leads/new`);
  await page.locator("#firstName").fill("Agim");
  await page.locator("#lastName").fill("Berisha");
  await page.locator("#email").fill(email);
  await page.getByTestId("lead-save").click();
  await page.getByTestId("agent-lead-detail-ready").waitFor();
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

const address = () => `lead-${crypto.randomUUID().slice(0, 8)}@example.test`;

const attempts = (leadId: string) =>
  sql<{ id: string; status: string; amountCents: number; proofId: string }[]>`
    select id, status, amount_cents::int, proof_id from public.lead_payment_attempts
    where lead_id = ${leadId} order by created_at`;

for (const visitor of VISITORS) {
  const how = visitor.javaScript ? "" : ", on a phone without JavaScript";

  Deno.test(`a lead is written down, moved along, given up and taken up again${how}`, () =>
    visit(visitor, async (page) => {
      const email = address();
      await signIn(page, demoPerson("agent.ks"), `${ROOT}/leads/new`);
      await page.locator("#firstName").fill("Agim");
      await page.locator("#email").fill("not an address");
      await page.getByTestId("lead-save").click();
      await page.locator(".error-summary").waitFor();
      assert.equal(await page.locator("#firstName").inputValue(), "Agim");
      await look(page, visitor);

      const id = await newLead(page, email);
      await look(page, visitor);
      await page.getByTestId("lead-contacted").click();
      await page.locator("[data-status=contacted]").waitFor();
      await page.getByTestId("lead-end-open").click();
      await page.getByTestId("lead-end").click();
      await page.locator("#reason-problem").waitFor();
      await page.locator("#reason").fill("Moved abroad");
      await page.getByTestId("lead-end").click();
      await page.locator("[data-status=lost]").waitFor();
      assert.match(await page.locator("main").innerText(), /Moved abroad/);
      await page.getByTestId("lead-contacted").click();
      await page.locator("[data-status=contacted]").waitFor();

      // The same address again leads to what is there.
      await page.goto(`${SITE}${ROOT}/leads/new`);
      await page.locator("#firstName").fill("Agim");
      await page.locator("#lastName").fill("Berisha");
      await page.locator("#email").fill(email.toUpperCase());
      await page.getByTestId("lead-save").click();
      await page.locator(`main a[href$="/leads/${id}"]`).waitFor();

      await page.goto(`${SITE}${ROOT}/leads?q=${email}`);
      await page.getByTestId("agent-crm-page-ready").waitFor();
      assert.equal(await page.getByTestId("lead").count(), 1);
      await look(page, visitor);
    }));

  Deno.test(`cash is registered with a proof, sent back, and sent again${how}`, () =>
    visit(visitor, async (page) => {
      await signIn(page, demoPerson("agent.ks"), `${ROOT}/leads`);
      const id = await newLead(page, address());
      await page.goto(`${SITE}${ROOT}/leads/${id}/payment`);
      await page.getByTestId("agent-lead-payment-ready").waitFor();
      await look(page, visitor);

      // A program is refused, and nothing that was typed is lost.
      await page.locator("#file").setInputFiles(program("receipt.jpg"));
      await page.locator("#receipt").fill("R-17");
      await page.getByTestId("cash-send").click();
      await page.locator("#file-problem").waitFor();
      assert.equal(await page.locator("#receipt").inputValue(), "R-17");

      // A photo that arrived beside a mistake is kept.
      await page.locator("#file").setInputFiles(photo("receipt.jpg"));
      await page.getByTestId("cash-send").click();
      await page.getByTestId("proof-there").waitFor();
      await look(page, visitor);
      await page.locator("#plan").selectOption({ index: 1 });
      await page.getByTestId("cash-send").click();
      await page.locator("[data-testid=lead-payment][data-status=pending]").waitFor();
      const [first, ...more] = await attempts(id);
      assert.equal(more.length, 0);
      assert.ok(first);
      const [plan] = await sql<{ price: number }[]>`
        select price_cents::int as price from public.membership_plans
        where tenant_id = 'ks' and is_active order by sort, price_cents limit 1`;
      assert.equal(first.amountCents, plan?.price);
      const proof = await page.request.get(`${SITE}/api/payment-proofs/${first.proofId}`);
      assert.equal(proof.status(), 200);
      await look(page, visitor);

      // Whoever comes back by the back button registers nothing twice.
      await page.goto(`${SITE}${ROOT}/leads/${id}/payment`);
      await page.getByTestId("agent-lead-detail-ready").waitFor();

      await askAbout(first.id, "The date cannot be read.");
      await page.goto(`${SITE}${ROOT}`);
      await page.getByTestId("to-do-returned").locator(`a[href$="/leads/${id}"]`).click();
      await page.getByTestId("agent-lead-detail-ready").waitFor();
      assert.match(await page.locator("main").innerText(), /The date cannot be read\./);
      await page.goto(`${SITE}${ROOT}/leads/${id}/payment`);
      await look(page, visitor);
      await page.locator("#file").setInputFiles(photo("clearer.jpg", 3_000));
      await page.getByTestId("cash-send").click();
      await page.locator("[data-testid=lead-payment][data-status=pending]").waitFor();
      assert.deepEqual((await attempts(id)).map(({ status }) => status), ["pending"]);
    }));

  Deno.test(`a member's page holds claims, notes and what was done${how}`, () =>
    visit(visitor, async (page) => {
      const member = await newClaimant();
      await giveTo("agent.ks", member.id);
      await signIn(page, demoPerson("agent.ks"), `${ROOT}/members`);
      await page.getByTestId("agent-members-ready").waitFor();
      await page.locator("#q").fill(member.email);
      await page.getByRole("button", { name: "Search" }).click();
      await page.waitForURL(/q=/);
      assert.equal(await page.getByTestId("agent-member").count(), 1);
      await look(page, visitor);
      await page.locator(`a[href$="/members/${member.id}"]`).click();
      await page.getByTestId("agent-member-detail-ready").waitFor();
      await page.locator("[data-access=active]").waitFor();
      assert.equal(await page.getByTestId("member-claim").count(), 1);

      await page.locator("#body").fill("Wants to know about the family plan.");
      await page.locator("#followUp").fill("2026-01-15");
      await page.getByTestId("note-save").click();
      await page.getByTestId("member-note").waitFor();
      await page.getByTestId("needs-attention").waitFor();
      await look(page, visitor);
      await page.getByTestId("note-pin").click();
      await page.getByTestId("note-unpin").waitFor();
      await page.getByTestId("note-finish").click();
      await page.getByTestId("note-reopen").waitFor();
      assert.equal(await page.getByTestId("needs-attention").count(), 0);

      await page.getByTestId("member-note").getByRole("link").click();
      await page.getByTestId("agent-note-ready").waitFor();
      await look(page, visitor);
      await page.locator("#body").fill("Took the family plan.");
      await page.getByTestId("note-save").click();
      await page.getByText("Took the family plan.").first().waitFor();

      await page.getByTestId("activity-open").click();
      await page.locator("#summary").fill("Rang about the flight.");
      await page.getByTestId("activity-save").click();
      await page.getByTestId("member-activity").waitFor();

      await page.getByTestId("member-note").getByRole("link").click();
      await page.getByTestId("note-delete-open").click();
      await page.getByTestId("note-delete").click();
      await page.getByTestId("agent-member-detail-ready").waitFor();
      assert.equal(await page.getByTestId("member-note").count(), 0);

      await page.getByTestId("member-claim").getByRole("link").click();
      await page.getByTestId("agent-claim-ready").waitFor();
    }));
}

Deno.test("home, commissions and the link on a phone, in four languages", async () => {
  for (const language of ["sq", "en", "mk", "sr"]) {
    await visit({ screen: "phone", language }, async (page) => {
      const root = `/${language}/agent`;
      await signIn(page, demoPerson("agent.ks"), root);
      await page.getByTestId("agent-page-ready").waitFor();
      await page.getByTestId("agent-dashboard-page").waitFor();
      await assertAccessible(page);
      for (
        const [path, marker] of [
          ["members", "agent-members-ready"],
          ["leads", "agent-crm-page-ready"],
          ["commissions", "agent-commissions-ready"],
          ["referral", "agent-referral-ready"],
        ]
      ) {
        await page.goto(`${SITE}${root}/${path}`);
        await page.getByTestId(marker ?? "").waitFor();
        await assertAccessible(page);
      }
      await page.getByTestId("qr-code").waitFor();
    });
  }
});

Deno.test("each commission says what it was reckoned from", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const member = await newPerson();
    await giveTo("agent.ks", member.id);
    await sql`
      insert into public.agent_commissions
        (tenant_id, agent_id, member_id, type, amount_cents, currency, rate_percent, base_cents,
         source_transaction_id)
      select 'ks', id, ${member.id}, 'new_membership', 339, 'EUR', 20, 1695,
             ${`txn_${crypto.randomUUID().slice(0, 8)}`}
      from public.profiles where email = 'agent.ks@demo.test'`;
    await signIn(page, demoPerson("agent.ks"), `${ROOT}/commissions?status=pending`);
    await page.getByTestId("commission").first().waitFor();
    assert.equal(await page.getByTestId("commission-why").first().innerText(), "20 % of €16.95");
    await assertAccessible(page);
  }));

Deno.test("a click counts once per browser, and for nobody but the link's agent", () =>
  visit({ screen: "phone", language: "en" }, async (page) => {
    const [agent] = await sql<{ id: string; code: string }[]>`
      select id, referral_code as code from public.profiles where email = 'agent.ks@demo.test'`;
    const clicks = async () => {
      const [row] = await sql<{ clicks: number }[]>`
        select coalesce(sum(clicks), 0)::int as clicks from public.referral_clicks
        where agent_id = ${agent?.id ?? ""}`;
      return row?.clicks ?? 0;
    };
    const before = await clicks();
    await page.goto(`${SITE}/?ref=${agent?.code}`);
    await eventually(async () => await clicks() === before + 1 ? true : undefined);
    await page.goto(`${SITE}/en/pricing?ref=${agent?.code}`);
    await page.goto(`${SITE}/en?ref=NOBODYS1`);
    assert.equal(await clicks(), before + 1);
  }));

Deno.test("another agent's lead and member, and those of another country, are not there", () =>
  visit({ screen: "desktop", language: "en", expects: /404/ }, async (page, context) => {
    const member = await newPerson();
    await giveTo("agent.ks", member.id);
    await signIn(page, demoPerson("agent.ks"), `${ROOT}/leads`);
    const id = await newLead(page, address());
    await context.clearCookies();

    const other = await newPerson();
    await sql`
      update public.profiles set role = 'agent', branch_id =
        (select branch_id from public.profiles where email = 'agent.ks@demo.test')
      where id = ${other.id}`;
    for (const stranger of [other, demoPerson("agent.mk")]) {
      await signIn(page, stranger, `${ROOT}/leads`);
      for (
        const path of [
          `leads/${id}`,
          `leads/${id}/edit`,
          `leads/${id}/payment`,
          `members/${member.id}`,
        ]
      ) {
        const { status } = await visitStatus(page, `${ROOT}/${path}`);
        assert.equal(status, 404, path);
      }
      const moved = await page.request.post(`${SITE}${ROOT}/leads/${id}`, {
        form: { act: "move", to: "contacted" },
        headers: { origin: SITE, "sec-fetch-site": "same-origin" },
      });
      assert.equal(moved.status(), 404);
      await page.goto(`${SITE}${ROOT}/leads`);
      assert.equal(await page.locator(`a[href$="${id}"]`).count(), 0);
      await context.clearCookies();
    }
  }));

async function visitStatus(page: Page, path: string): Promise<{ status: number }> {
  const answer = await page.request.get(`${SITE}${path}`, { maxRedirects: 0 });
  return { status: answer.status() };
}

/** Makes somebody the member of one of the demo's agents. */
async function giveTo(agent: string, memberId: string): Promise<void> {
  await sql`
    update public.profiles
    set agent_id = (select id from public.profiles where email = ${`${agent}@demo.test`})
    where id = ${memberId}`;
}

/** Sends a payment back as the country's administrator does. */
async function askAbout(attemptId: string, note: string): Promise<void> {
  const [admin] = await sql<{ id: string }[]>`
    select id from public.profiles where email = 'admin.ks@demo.test'`;
  const id = admin?.id ?? "";
  await sql.begin(async (tx) => {
    await tx`
      select set_config('request.jwt.claims', ${
      JSON.stringify({ sub: id, role: "authenticated" })
    }, true),
             set_config('request.jwt.claim.sub', ${id}, true)`;
    await tx`set local role authenticated`;
    await tx`select private.ask_about_cash(${attemptId}::uuid, ${note})`;
  });
}

Deno.test({
  name: "the browser and the connection are closed",
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
  sanitizeResources: false,
  sanitizeOps: false,
});
