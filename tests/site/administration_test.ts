import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite } from "./fakes.ts";

const ID = "43e4b7aa-2c7d-4d11-a1bc-e9e38b1a4637";
const FOR_ADMINS = [
  "settings",
  "branches",
  "plans",
  "plans/new",
  "commissions",
  "commissions/export",
];
const FOR_SUPERS = ["tenants", "tenants/new", "tenants/ks"];

async function visitor(role: string) {
  const site = fakeSite();
  const tokens = await site.person({ email: `${role}@demo.test`, role });
  return { site, visitor: new Visitor(await siteHandler(site)).holds(tokens) };
}

Deno.test("who is no administrator sees no page of settings or commissions, and posts to none", async () => {
  for (const role of ["member", "agent", "staff", "branch_manager"]) {
    const { site, visitor: person } = await visitor(role);
    const before = site.statements.length;
    for (const name of [...FOR_ADMINS, ...FOR_SUPERS]) {
      const path = `/en/admin/${name}`;
      assert.equal((await person.get(path)).status, 303, `${role} ${path}`);
      const posted = await person.post(path, { do: "support", to: "paid" });
      assert.ok([303, 404, 405].includes(posted.status), `${role} ${path} ${posted.status}`);
    }
    const written = site.statements.slice(before).filter(({ text }) =>
      /private\.(create|change|save|rename|set)_|decide_commissions/.test(text)
    );
    assert.deepEqual(written, [], role);
  }
});

Deno.test("only super admins see the countries", async () => {
  const { visitor: admin } = await visitor("tenant_admin");
  for (const name of FOR_SUPERS) {
    const answer = await admin.get(`/en/admin/${name}`);
    assert.equal(answer.headers.get("location"), "/en/admin/overview", name);
  }
});

Deno.test("payments are decided by managers and administrators alone", async () => {
  for (const role of ["member", "agent", "staff"]) {
    const { site, visitor: person } = await visitor(role);
    for (const path of ["/en/admin/leads", "/en/admin/leads/people", `/en/admin/leads/${ID}`]) {
      assert.equal((await person.get(path)).status, 303, `${role} ${path}`);
    }
    await person.post(`/en/admin/leads/payments/${ID}`, { do: "approve", back: "list" });
    assert.ok(!site.statements.some(({ text }) => text.includes("approve_cash")), role);
  }
});
