import assert from "node:assert/strict";
import { i18nFor } from "@core/platform/i18n.ts";
import { dueTone, dueWords, pressureOf, spanWords } from "./due.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const en = i18nFor("en");
const at = (span: number, dueKind: "triage" | "update" = "triage") => ({
  dueAt: new Date(NOW + span),
  dueKind,
});

Deno.test("spanWords() is as exact as is useful", () => {
  const spans: readonly [number, string][] = [
    [0, "1 min"],
    [29_000, "1 min"],
    [90_000, "2 min"],
    [59 * MINUTE, "59 min"],
    [59.6 * MINUTE, "1 h"],
    [HOUR, "1 h"],
    [3 * HOUR + 20 * MINUTE, "3 h 20 min"],
    [9 * HOUR + 59 * MINUTE, "9 h 59 min"],
    [10 * HOUR + 29 * MINUTE, "10 h"],
    [47.9 * HOUR, "48 h"],
    [48 * HOUR, "2 days"],
    [60 * HOUR, "3 days"],
  ];
  for (const [span, words] of spans) assert.equal(spanWords(en, span), words);
  assert.equal(spanWords(i18nFor("sr"), 5 * 24 * HOUR), "5 dana");
  assert.equal(spanWords(i18nFor("sr"), 21 * 24 * HOUR), "21 dan");
});

Deno.test("dueWords() says what is due, and by how much it is late", () => {
  assert.equal(dueWords(en, at(2 * HOUR), NOW), "First look in 2 h");
  assert.equal(dueWords(en, at(-3 * HOUR, "update"), NOW), "Update 3 h late");
  assert.equal(dueWords(en, { dueAt: null, dueKind: null }, NOW), "Nothing due");
});

Deno.test("dueTone() warns before it is late", () => {
  assert.equal(dueTone(at(-1), NOW), "bad");
  assert.equal(dueTone(at(HOUR), NOW), "warning");
  assert.equal(dueTone(at(3 * HOUR), NOW), "neutral");
  assert.equal(dueTone({ dueAt: null, dueKind: null }, NOW), "neutral");
});

Deno.test("pressureOf() counts days where the desk is, not in UTC", () => {
  const zone = "Europe/Belgrade";
  const late = Date.parse("2026-11-23T22:30:00Z");
  const due = (time: string) => ({ dueAt: new Date(time), dueKind: "update" as const });
  assert.equal(pressureOf(due("2026-11-23T22:29:00Z"), late, zone), "overdue");
  assert.equal(pressureOf(due("2026-11-23T22:50:00Z"), late, zone), "today");
  assert.equal(pressureOf(due("2026-11-23T23:30:00Z"), late, zone), "later");
  assert.equal(pressureOf({ dueAt: null, dueKind: null }, late, zone), "none");
});
