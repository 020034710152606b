import assert from "node:assert/strict";
import { decideMember, type Member, MemberUnresolved } from "./decide_member.ts";

const ana: Member = { userId: "ana", tenantId: "ks" };
const boban: Member = { userId: "boban", tenantId: "mk" };
const nothing = {
  ofSubscription: null,
  ofCustomData: null,
  ofCustomer: null,
  ofCheckout: null,
};
const none = { userId: null, tenantId: null, refCode: null };

Deno.test("decideMember() takes the buyer whom the checkout named", () => {
  assert.equal(
    decideMember({ userId: "ana", tenantId: "ks" }, { ...nothing, ofCustomData: ana }),
    ana,
  );
});

Deno.test("decideMember() takes the member of the stored subscription without custom data", () => {
  assert.equal(decideMember(none, { ...nothing, ofSubscription: ana, ofCustomer: boban }), ana);
});

Deno.test("decideMember() takes the known customer when nothing else is known", () => {
  assert.equal(decideMember(none, { ...nothing, ofCustomer: boban }), boban);
});

Deno.test("decideMember() takes who opened the checkout when the customer is new", () => {
  assert.equal(decideMember(none, { ...nothing, ofCheckout: ana }), ana);
  assert.equal(decideMember(none, { ...nothing, ofCustomer: boban, ofCheckout: ana }), boban);
});

Deno.test("decideMember() refuses an event that is nobody's", () => {
  assert.throws(() => decideMember(none, nothing), MemberUnresolved);
});

Deno.test("decideMember() does not guess when the named buyer does not exist", () => {
  const custom = { userId: "ghost", tenantId: null };
  assert.throws(
    () => decideMember(custom, { ...nothing, ofSubscription: ana, ofCustomer: ana }),
    MemberUnresolved,
  );
});

Deno.test("decideMember() refuses a buyer who is not the stored subscription's member", () => {
  assert.throws(
    () =>
      decideMember({ userId: "boban", tenantId: null }, {
        ...nothing,
        ofSubscription: ana,
        ofCustomData: boban,
      }),
    /stored subscription/,
  );
});

Deno.test("decideMember() refuses a tenant that contradicts the member's", () => {
  for (const clues of [{ ofCustomData: ana }, { ofSubscription: ana }]) {
    assert.throws(
      () =>
        decideMember({ userId: "ofCustomData" in clues ? "ana" : null, tenantId: "mk" }, {
          ...nothing,
          ...clues,
        }),
      /tenant/,
    );
  }
});
