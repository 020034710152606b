/**
 * Accounts from end to end: a new password by the link in a mail, sessions that end elsewhere, and
 * invitations up to the first page that the new role opens.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { stackValue } from "../support/stack_env.ts";
import { demoPerson, eventually, newPerson, type Person, signIn, SITE, sql } from "./people.ts";

/** Refused forms and links that are over belong to these stories. */
const expects = /status of (404|410|422)/;
const DESKTOP: Visitor = { screen: "desktop", javaScript: true, language: "en", expects };
const VISITORS: readonly Visitor[] = [
  DESKTOP,
  { screen: "phone", javaScript: false, language: "en", expects },
];
/** As long as one may be, and in letters of which bcrypt would read the first 36. */
const NEW = `${"сосема нова лозинка, ".repeat(6)}x!`;

const describe = ({ screen, javaScript }: Visitor) =>
  `on a ${screen}${javaScript ? "" : ", without JavaScript"}`;

/** The link in the latest mail to an address that leads to such a page. */
function linkTo(email: string, page: string): Promise<string> {
  return eventually(async () => {
    const answer = await fetch(`${stackValue("TEST_INBOX_URL")}/api/messages`);
    const mails = await answer.json() as { to: string[]; html: string }[];
    const html = mails.find(({ to, html }) => to.includes(email) && html.includes(page))?.html;
    return new RegExp(`href="([^"]*${page}[^"]*)"`).exec(html ?? "")?.[1]?.replaceAll("&amp;", "&");
  });
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`input[name=${name}]`).fill(value);
  }
}

for (const visitor of VISITORS) {
  Deno.test(
    `a new password by the link in a mail ends the other browser's session ${describe(visitor)}`,
    () =>
      visit(visitor, async (other) => {
        const person = await newPerson();
        await signIn(other, person, "/en/member");
        await visit(visitor, async (page) => {
          await page.goto(`${SITE}/en/login`);
          await page.getByTestId("forgot-link").click();
          await page.getByTestId("forgot-form").waitFor();
          if (visitor.javaScript) await assertAccessible(page);
          await fill(page, { email: person.email });
          await page.getByTestId("forgot-form").locator("button[type=submit]").click();
          await page.getByTestId("forgot-sent").waitFor();

          const link = await linkTo(person.email, "/api/auth/reset-password/");
          // A scanner of mails was there first.
          const scanned = link.replace("//ks.localhost", "//localhost");
          for (let i = 0; i < 2; i++) await (await fetch(scanned)).body?.cancel();
          await page.goto(link);
          await page.getByTestId("reset-form").waitFor();
          if (visitor.javaScript) await assertAccessible(page);
          await fill(page, { password: "password1" });
          await page.getByTestId("reset-form").locator("button[type=submit]").click();
          await page.locator("#password-problem").waitFor();
          await fill(page, { password: NEW });
          await page.getByTestId("reset-form").locator("button[type=submit]").click();
          await page.getByText("Your new password is saved").first().waitFor();

          // At once, though the access token would live for most of an hour.
          await other.reload();
          await other.waitForURL(/\/en\/login\?next=/);

          await page.goto(link);
          await fill(page, { password: `again ${NEW.slice(6)}` });
          await page.getByTestId("reset-form").locator("button[type=submit]").click();
          await page.getByTestId("reset-dead").waitFor();
          if (visitor.javaScript) await assertAccessible(page);
          await signIn(page, { ...person, password: NEW }, "/en/login?next=/en/member").catch(
            () => {},
          );
          await page.getByTestId("member-dashboard-ready").waitFor();
        });
      }),
  );

  Deno.test(`a person ends a session elsewhere and changes the password ${describe(visitor)}`, () =>
    visit(visitor, async (other) => {
      const person = await newPerson();
      await signIn(other, person, "/en/member");
      await visit(visitor, async (page) => {
        await signIn(page, person, "/en/account/security");
        await page.getByTestId("account-security-ready").waitFor();
        if (visitor.javaScript) await assertAccessible(page);
        // Signing up was a session too, of no browser.
        const elsewhere = page.getByTestId("session").filter({ hasText: "Chrome" })
          .filter({ hasNotText: "This browser" });
        assert.equal(await elsewhere.count(), 1);
        await elsewhere.getByRole("button").click();
        await page.getByText("That browser is signed out, at once.").waitFor();
        await other.reload();
        await other.waitForURL(/\/en\/login\?next=/);

        await fill(page, { present: "not the one", password: NEW });
        await page.locator("[data-testid=password-form] button[type=submit]").click();
        await page.locator("#present-problem").waitFor();
        await fill(page, { present: person.password, password: NEW });
        await page.locator("[data-testid=password-form] button[type=submit]").click();
        await page.getByText("Your password is changed").waitFor();
        assert.equal(await page.getByTestId("session").count(), 1);
        await page.reload();
        await page.getByTestId("account-security-ready").waitFor();
      });
    }));
}

/** What an administrator may invite to, and where that role begins. */
const INVITED = [
  ["staff", "/en/staff/claims"],
  ["branch_manager", "/en/admin/overview"],
  ["agent", "/en/agent"],
  ["tenant_admin", "/en/admin/overview"],
] as const;

async function firstBranch(): Promise<string> {
  const [branch] = await sql<{ id: string }[]>`
    select id from public.branches where tenant_id = 'ks' and is_active order by code limit 1`;
  return branch?.id ?? "";
}

/** Opens the link of an invitation and makes an account by it. */
async function join(page: Page, visitor: Visitor, email: string, root: string): Promise<void> {
  await page.goto(await linkTo(email, "/invitation/"));
  await page.getByTestId("join-form").waitFor();
  if (visitor.javaScript) await assertAccessible(page);
  await fill(page, { name: "Besa Hoxha", password: "password1" });
  await page.getByTestId("join-form").locator("button[type=submit]").click();
  await page.locator("#password-problem").waitFor();
  await fill(page, { password: NEW });
  await page.getByTestId("join-form").locator("button[type=submit]").click();
  await page.waitForURL(`${SITE.replace("localhost", "ks.localhost")}${root}`);
}

for (const visitor of VISITORS) {
  Deno.test(`administrators invite for each role, up to the first page of it ${describe(visitor)}`, () =>
    visit(visitor, async (admin) => {
      await signIn(admin, demoPerson("admin.ks"), "/en/admin/users");
      await admin.getByTestId("admin-users-page").waitFor();
      if (visitor.javaScript) await assertAccessible(admin);
      for (const [role, root] of INVITED) {
        const email = `${role}-${crypto.randomUUID().slice(0, 8)}@example.test`;
        await admin.goto(`${SITE}/en/admin/users/invite`);
        await admin.getByTestId("admin-invite-ready").waitFor();
        if (visitor.javaScript) await assertAccessible(admin);
        await fill(admin, { email, name: "Besa" });
        await admin.locator("select[name=language]").selectOption("en");
        await admin.locator("select[name=role]").selectOption(role);
        if (role === "agent" || role === "branch_manager") {
          await admin.getByTestId("invite-submit").click();
          await admin.locator("#branch-problem").waitFor();
          assert.equal(await admin.locator("input[name=email]").inputValue(), email);
          await admin.locator("select[name=branch]").selectOption(await firstBranch());
        }
        await admin.getByTestId("invite-submit").click();
        await admin.getByText("The invitation is on its way").waitFor();
        await visit(visitor, async (page) => {
          await join(page, visitor, email, root);
          const [person] = await sql<{ role: string; tenantId: string }[]>`
            select role, tenant_id from public.profiles where email = ${email}`;
          assert.deepEqual({ ...person }, { role, tenantId: "ks" });
          // Its own portal and no other.
          for (const [, foreign] of INVITED) {
            if (foreign === root) continue;
            await page.goto(`${new URL(page.url()).origin}${foreign}`);
            assert.equal(new URL(page.url()).pathname, root);
          }
        });
      }
    }));
}

Deno.test("an agent invites somebody who becomes their member", () =>
  visit(DESKTOP, async (agent) => {
    const email = `member-${crypto.randomUUID().slice(0, 8)}@example.test`;
    await signIn(agent, demoPerson("agent.ks"), "/en/agent/members/invite");
    await agent.getByTestId("agent-invite-ready").waitFor();
    await assertAccessible(agent);
    await fill(agent, { email });
    await agent.locator("select[name=language]").selectOption("en");
    await agent.getByTestId("invite-submit").click();
    await agent.getByText("The invitation is on its way").waitFor();
    await agent.getByTestId("invitation").filter({ hasText: email }).waitFor();
    await assertAccessible(agent);
    await visit(
      DESKTOP,
      (page) => join(page, DESKTOP, email, "/en/member"),
    );
    const [row] = await sql<{ agent: string; role: string }[]>`
      select agent.email as agent, person.role from public.profiles as person
      join public.profiles as agent on agent.id = person.agent_id
      where person.email = ${email}`;
    assert.deepEqual({ ...row }, { agent: "agent.ks@demo.test", role: "member" });
  }));

Deno.test("an invitation that was taken back, sent again or used says so", () =>
  visit(DESKTOP, async (admin) => {
    const email = `staff-${crypto.randomUUID().slice(0, 8)}@example.test`;
    await signIn(admin, demoPerson("admin.ks"), "/en/admin/users/invite");
    await fill(admin, { email });
    await admin.locator("select[name=language]").selectOption("en");
    await admin.getByTestId("invite-submit").click();
    await admin.getByText("The invitation is on its way").waitFor();
    const first = await linkTo(email, "/invitation/");
    const row = admin.getByTestId("invitation").filter({ hasText: email });
    await row.getByRole("button", { name: "Send again" }).click();
    await admin.getByText("The invitation is on its way").waitFor();
    const second = await eventually(async () => {
      const link = await linkTo(email, "/invitation/");
      return link === first ? undefined : link;
    });
    await visit(DESKTOP, async (page) => {
      await page.goto(first);
      await page.getByTestId("invitation-unknown").waitFor();
      await page.goto(second);
      await page.getByTestId("invitation-open").waitFor();
      await row.getByRole("button", { name: "Take back" }).click();
      await admin.getByText("The invitation is taken back").waitFor();
      await page.goto(second);
      await page.getByTestId("invitation-revoked").waitFor();
      await assertAccessible(page);
    });
  }));

Deno.test("who has an account accepts by signing in; another account is told apart", () =>
  visit(DESKTOP, async (admin) => {
    const [invited, stranger] = [await newPerson(), await newPerson()] as [Person, Person];
    await signIn(admin, demoPerson("admin.ks"), "/en/admin/users/invite");
    await fill(admin, { email: invited.email });
    await admin.locator("select[name=language]").selectOption("en");
    await admin.getByTestId("invite-submit").click();
    await admin.getByText("The invitation is on its way").waitFor();
    const link = await linkTo(invited.email, "/invitation/");
    const site = new URL(link).origin;
    await visit(DESKTOP, async (page) => {
      await page.goto(`${site}/en/login`);
      await fill(page, { email: stranger.email, password: stranger.password });
      await page.getByTestId("login-form").locator("button[type=submit]").click();
      await page.getByTestId("member-dashboard-ready").waitFor();
      await page.goto(link);
      await page.getByTestId("invitation-other").waitFor();
      await page.getByTestId("invitation-other").getByRole("button").click();
      await page.waitForURL(/signed-out/);
      await page.goto(link);
      await page.getByRole("link", { name: "Sign in and accept" }).click();
      await fill(page, { email: invited.email, password: invited.password });
      await page.getByTestId("login-form").locator("button[type=submit]").click();
      await page.getByTestId("accept-form").waitFor();
      await assertAccessible(page);
      await page.getByTestId("accept-form").locator("button[type=submit]").click();
      await page.waitForURL(`${site}/en/staff/claims`);
    });
  }));

Deno.test("an administrator changes a role and locks an account, and both count at once", () =>
  visit(DESKTOP, async (admin) => {
    const person = await newPerson();
    await visit(DESKTOP, async (page) => {
      await signIn(page, person, "/en/member");
      await signIn(admin, demoPerson("admin.ks"), `/en/admin/users/${person.id}`);
      await admin.getByTestId("admin-user-ready").waitFor();
      await assertAccessible(admin);
      await admin.locator("select[name=role]").selectOption("staff");
      await admin.getByTestId("role-form").locator("button[type=submit]").click();
      await admin.getByText("The role is changed and counts at once").waitFor();
      await page.goto(`${SITE}/en/member`);
      await page.waitForURL(`${SITE}/en/staff/claims`);
      await fill(admin, { reason: "left the house" });
      await admin.getByTestId("lock-form").locator("button[type=submit]").click();
      await admin.getByText("The account is locked").waitFor();
      await page.reload();
      await page.waitForURL(/\/en\/login\?next=/);
      await admin.getByTestId("lock-form").locator("button[type=submit]").click();
      await admin.getByText("The account is open again").waitFor();
      await page.goto(`${SITE}/en/staff/claims`);
      await page.waitForURL(/\/en\/login\?next=/);
    });
    await admin.goto(`${SITE}/en/admin/users`);
    await admin.locator("input[name=q]").fill("admin.ks@");
    await admin.locator("search button[type=submit]").click();
    await admin.getByTestId("user").getByRole("link").click();
    await admin.getByText("Only another administrator changes your own role.").waitFor();
  }));

Deno.test("the wrong role is sent to its own root, from each portal", async () => {
  const roots = {
    member: "/en/member",
    agent: "/en/agent",
    staff: "/en/staff/claims",
    admin: "/en/admin/overview",
  };
  for (const [name, root] of Object.entries({ ...roots, manager: roots.admin })) {
    await visit(DESKTOP, async (page) => {
      await signIn(page, demoPerson(`${name}.ks`), root);
      for (const foreign of Object.values(roots)) {
        if (foreign === root) continue;
        await page.goto(`${SITE}${foreign}`);
        assert.equal(new URL(page.url()).pathname, root, `${name} at ${foreign}`);
      }
    });
  }
});

Deno.test("a member who signs in on another tenant's host is led to their own", () =>
  visit(DESKTOP, async (page) => {
    const foreign = SITE.replace("localhost", "mk.localhost");
    await page.goto(`${foreign}/en/login`);
    await fill(page, demoPerson("member.ks"));
    await page.getByTestId("login-form").locator("button[type=submit]").click();
    await page.waitForURL(
      `${SITE.replace("localhost", "ks.localhost")}/en/login?next=%2Fen%2Fmember`,
    );
    await fill(page, demoPerson("member.ks"));
    await page.getByTestId("login-form").locator("button[type=submit]").click();
    await page.getByTestId("member-dashboard-ready").waitFor();
  }));

Deno.test({
  name: "the browser and the connection are closed",
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
  sanitizeResources: false,
  sanitizeOps: false,
});
