import assert from "node:assert/strict";
import { formatDate, formatDateTime, formatMoney, formatNumber } from "./i18n_formats.ts";

/** Formats hold together by no-break spaces; tests read better with plain ones. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const WHEN = new Date("2026-11-23T23:30:00Z");

Deno.test("formatDate() writes days as each language does", () => {
  const day = (locale: "sq" | "en" | "mk" | "sr") => plain(formatDate(locale, "UTC", WHEN));
  assert.equal(day("sq"), "23 nëntor 2026");
  assert.equal(day("en"), "23 November 2026");
  assert.equal(day("mk"), "23 ноември 2026");
  assert.equal(day("sr"), "23. novembra 2026.");
});

Deno.test("formatDate() knows every month and tells the day of the tenant's zone", () => {
  for (const locale of ["sq", "en", "mk", "sr"] as const) {
    const months = Array.from(
      { length: 12 },
      (_, month) => formatDate(locale, "UTC", new Date(Date.UTC(2026, month, 5))),
    );
    assert.equal(new Set(months).size, 12, locale);
  }
  assert.equal(plain(formatDate("en", "Europe/Belgrade", WHEN)), "24 November 2026");
});

Deno.test("formatDateTime() adds the time of day in 24 hours", () => {
  const at = (locale: "sq" | "en" | "mk" | "sr") =>
    plain(formatDateTime(locale, "Europe/Skopje", WHEN));
  assert.equal(at("sq"), "24 nëntor 2026, ora 00:30");
  assert.equal(at("en"), "24 November 2026, 00:30");
  assert.equal(at("mk"), "24 ноември 2026, 00:30");
  assert.equal(at("sr"), "24. novembra 2026. u 00:30");
});

Deno.test("formatMoney() puts sign, comma and point where the language has them", () => {
  assert.equal(formatMoney("en", 2000, "EUR"), "€20");
  assert.equal(plain(formatMoney("sq", 2000, "EUR")), "20 €");
  assert.equal(formatMoney("en", 123_456_789n, "EUR"), "€1,234,567.89");
  assert.equal(plain(formatMoney("sq", 123_456_789n, "EUR")), "1 234 567,89 €");
  assert.equal(plain(formatMoney("mk", 123_456_789, "EUR")), "1.234.567,89 €");
  assert.equal(plain(formatMoney("sr", 5, "EUR")), "0,05 €");
  assert.equal(formatMoney("en", -150, "EUR"), "−€1.50");
  assert.equal(plain(formatMoney("en", 100, "CHF")), "1 CHF");
});

Deno.test("formatNumber() groups thousands", () => {
  assert.equal(formatNumber("en", 1_234_567), "1,234,567");
  assert.equal(formatNumber("mk", 999), "999");
});
