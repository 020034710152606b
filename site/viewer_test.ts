import assert from "node:assert/strict";
import { displayName, initials } from "./viewer.ts";

Deno.test("displayName() falls back to the part of the address before the @", () => {
  assert.equal(displayName({ fullName: "Arta Berisha", email: "a@b.c" }), "Arta Berisha");
  assert.equal(displayName({ fullName: "  ", email: "arta.b@x.com" }), "arta.b");
  assert.equal(displayName({ fullName: null, email: "arta@x.com" }), "arta");
});

Deno.test("initials() takes first and last name, in any script", () => {
  assert.equal(initials("Arta Berisha"), "AB");
  assert.equal(initials("Љубица Ана Ѓорѓевска"), "ЉЃ");
  assert.equal(initials("đorđe"), "Đ");
  assert.equal(initials("arta.berisha"), "AB");
  assert.equal(initials("123"), "");
});
