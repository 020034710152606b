/** What a word is searched among: the claims that the list is about, before it is cut to so many. */
import assert from "node:assert/strict";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite } from "./fakes.ts";

const MEMBER = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";

async function searched(role: string, path: string): Promise<unknown[]> {
  const site = fakeSite();
  const tokens = await site.person({ email: "desk@demo.test", role, branchId: null });
  const me = site.accounts.get("desk@demo.test")?.id;
  const visitor = new Visitor(await siteHandler(site)).holds(tokens);
  const answer = await visitor.get(path);
  await answer.body?.cancel();
  assert.equal(answer.status, 200, path);
  const facts = new Set(
    site.statements.flatMap(({ values }) => values)
      .filter((value): value is string => typeof value === "string" && value.startsWith("{")),
  );
  return [...facts].map((text) => JSON.parse(text.replaceAll(me ?? "?", "me")));
}

Deno.test("each part of the queue is searched for itself", async () => {
  const queue = (query: string) => searched("staff", `/en/staff/claims?q=sigal&${query}`);
  assert.deepEqual(await queue(""), [{}]);
  assert.deepEqual(await queue("view=mine"), [{ "assigned_to": "me", "is_open": true }]);
  assert.deepEqual(await queue("view=unassigned&category=travel"), [
    { category: "travel", "assigned_to": null, "is_open": true },
  ]);
  assert.deepEqual(await queue("view=now"), [
    { "assigned_to": "me", "is_open": true },
    { "assigned_to": null, "is_open": true },
  ]);
  assert.deepEqual(await queue("view=all&status=court"), [{ status: "court", "is_open": true }]);
  assert.deepEqual(await queue("view=closed"), [{ "is_open": false }]);
});

Deno.test("so are the lists of administrators and agents", async () => {
  const list = `/en/admin/claims?q=sigal&status=rejected&member=${MEMBER}&assignee=${MEMBER}`;
  assert.deepEqual(await searched("tenant_admin", list), [
    { status: "rejected", "member_id": MEMBER, "assigned_to": MEMBER },
  ]);
  assert.deepEqual(await searched("agent", "/en/agent/claims?q=sigal&status=court"), [
    { status: "court" },
  ]);
});
