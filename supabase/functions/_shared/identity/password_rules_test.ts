import assert from "node:assert/strict";
import COMMON from "./common_passwords.json" with { type: "json" };
import { PASSWORD_BOUNDS, passwordFault } from "./password_rules.ts";

const OWNER = { email: "arta.berisha@example.test", fullName: "Arta Berisha" };

Deno.test("passwordFault() takes what is long enough and not known", () => {
  for (const password of ["Demo-Password-1", "dolga recenica", "ëndërr e gjatë", "q8!kzW2m"]) {
    assert.equal(passwordFault(password, OWNER), null, password);
  }
});

Deno.test("passwordFault() counts characters, whatever their bytes", () => {
  assert.equal(passwordFault("kX9!mQ2"), "short");
  assert.equal(passwordFault("kX9!mQ2z"), null);
  assert.equal(passwordFault("🙂🙃🙂🙃🙂🙃x"), "short");
  for (
    const longest of ["kX9!mQ2z".repeat(16), "џњљжќѓѕд".repeat(16), "🙂🙃😉😊🙂😇🙃😉".repeat(16)]
  ) {
    assert.equal([...longest].length, PASSWORD_BOUNDS.max);
    assert.equal(passwordFault(longest), null);
    assert.equal(passwordFault(`${longest}!`), "long");
  }
});

Deno.test("passwordFault() refuses what everybody tries first, in any spelling", () => {
  for (
    const password of [
      "password",
      "PassWord1",
      "12345678",
      "iloveyou",
      "Interdomestik",
      "ｐａｓｓｗｏｒｄ",
      "aaaaaaaaaa",
      "abcabcabcab",
      "3456789:",
      "hgfedcba",
    ]
  ) assert.equal(passwordFault(password), "common", password);
});

Deno.test("passwordFault() refuses the owner's name and address with digits around them", () => {
  for (
    const password of [
      "artaberisha",
      "Berisha2026!",
      "berisha.arta",
      "arta.berisha@example.test",
      "1986-ahsireb",
    ]
  ) assert.equal(passwordFault(password, OWNER), "personal", password);
  assert.equal(passwordFault("Berisha2026!"), null);
  assert.equal(passwordFault("berisha likes trains", OWNER), null);
  assert.equal(passwordFault("anything else", { email: null, fullName: "" }), null);
});

Deno.test("the list holds what it says: each once, in lower case, none too short", () => {
  assert.equal(new Set(COMMON).size, COMMON.length);
  assert.ok(COMMON.length >= 10_000);
  assert.deepEqual(
    COMMON.filter((word) => word !== word.toLowerCase() || word.length < PASSWORD_BOUNDS.min),
    [],
  );
});
