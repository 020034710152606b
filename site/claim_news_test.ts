import assert from "node:assert/strict";
import type { State, Transaction } from "../utils.ts";
import { noteClaimRead, noteClaimSeen } from "./claim_news.ts";

const CLAIM = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";

/** A state whose bell says 3, and a transaction that finds 2 when asked again. */
function looking() {
  const asked: string[] = [];
  const tx = ((parts: TemplateStringsArray) => {
    asked.push(parts.join("?"));
    return Promise.resolve([{ unread: 2 }]);
  }) as unknown as Transaction;
  const state = { unread: 3, viewer: { id: "me" } } as State;
  return { asked, state, tx, has: (name: RegExp) => asked.some((text) => name.test(text)) };
}

Deno.test("noteClaimRead() takes messages as read and counts the bell of the same page anew", async () => {
  const { state, tx, has } = looking();
  await noteClaimRead(state, tx, CLAIM);
  assert.ok(has(/mark_messages_read/) && has(/mark_claim_notifications_read/));
  assert.equal(state.unread, 2);
});

Deno.test("noteClaimSeen() leaves messages unread and counts the bell anew, if it says anything", async () => {
  const { state, tx, has } = looking();
  await noteClaimSeen(state, tx, CLAIM);
  assert.ok(!has(/mark_messages_read/) && has(/mark_claim_notifications_read/));
  assert.equal(state.unread, 2);

  const quiet = looking();
  quiet.state.unread = 0;
  await noteClaimSeen(quiet.state, quiet.tx, CLAIM);
  assert.ok(!quiet.has(/count/));
});
