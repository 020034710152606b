import assert from "node:assert/strict";
import { bestLocale, i18nFor, isLocale, isMessageKey, LOCALES } from "./i18n.ts";

Deno.test("t() fills placeholders and leaves unknown ones visible", () => {
  const { t } = i18nFor("en");
  assert.equal(t("member.hello", { name: "Arta" }), "Hello, Arta");
  assert.equal(t("member.hello", { nobody: "x" }), "Hello, {name}");
  assert.equal(t("member.hello", { name: "{name}" }), "Hello, {name}");
});

Deno.test("plural() picks the form that the language's grammar asks for", () => {
  const days = (locale: "sq" | "en" | "mk" | "sr", count: number) =>
    i18nFor(locale).plural("member.grace.days", count, { date: "D" });
  assert.match(days("en", 1), /for 1 day,/);
  assert.match(days("en", 2), /for 2 days,/);
  assert.match(days("mk", 1), /1 ден,/);
  assert.match(days("mk", 11), /11 дена,/);
  assert.match(days("mk", 21), /21 ден,/);
  assert.match(days("sr", 1), /1 dan,/);
  assert.match(days("sr", 3), /3 dana,/);
  assert.match(days("sr", 14), /14 dana,/);
  assert.match(days("sq", 14), /14 ditë,/);
});

Deno.test("plural() counts fields in Serbian with three forms", () => {
  const { plural } = i18nFor("sr");
  const word = (count: number) => plural("form.problems", count).split(" ").at(-1);
  assert.deepEqual([1, 2, 5, 21, 24].map(word), ["polje", "polja", "polja", "polje", "polja"]);
});

Deno.test("bestLocale() weighs the reader's wishes", () => {
  assert.equal(bestLocale(null, "sq"), "sq");
  assert.equal(bestLocale("", "mk"), "mk");
  assert.equal(bestLocale("en-US,en;q=0.9", "sq"), "en");
  assert.equal(bestLocale("de, mk;q=0.4, sr-Latn-RS;q=0.7", "sq"), "sr");
  assert.equal(bestLocale("bs", "sq"), "sr");
  assert.equal(bestLocale("hr-HR;q=0.2, en;q=0.1", "sq"), "sr");
  assert.equal(bestLocale("en;q=0, *", "sq"), "sq");
  assert.equal(bestLocale(";;;,q=,en;q=abc", "mk"), "mk");
});

Deno.test("isLocale() and isMessageKey() take nothing from the prototype", () => {
  assert.deepEqual(LOCALES.map(isLocale), [true, true, true, true]);
  for (const other of ["de", "SQ", "", "toString", undefined, null, 1]) {
    assert.equal(isLocale(other), false);
  }
  assert.equal(isMessageKey("nav.help"), true);
  assert.equal(isMessageKey("toString"), false);
});

Deno.test("i18nFor() makes each language once per time zone", () => {
  assert.equal(i18nFor("sq", "Europe/Belgrade"), i18nFor("sq", "Europe/Belgrade"));
  assert.notEqual(i18nFor("sq", "Europe/Belgrade"), i18nFor("sq", "UTC"));
});
