import assert from "node:assert/strict";
import { addDays, addMilliseconds, instantAt, parseInstant } from "./instant.ts";

Deno.test("parseInstant() writes every form with six decimals in UTC", () => {
  for (
    const [text, expected] of [
      ["2024-04-12T10:18:49Z", "2024-04-12T10:18:49.000000Z"],
      ["2024-04-12T10:42:27.89Z", "2024-04-12T10:42:27.890000Z"],
      ["2024-04-12T10:18:47.635628Z", "2024-04-12T10:18:47.635628Z"],
      ["2024-04-12T10:18:49.738971238Z", "2024-04-12T10:18:49.738971Z"],
      ["2024-04-12T12:18:49.5+02:00", "2024-04-12T10:18:49.500000Z"],
    ] as const
  ) {
    assert.equal(parseInstant(text), expected);
  }
});

Deno.test("parseInstant() refuses what is not a time with a zone", () => {
  for (
    const text of [
      "",
      "yesterday",
      "2024-04-12",
      "2024-04-12T10:18:49",
      "2024-13-12T10:18:49Z",
      "2024-04-12T25:18:49Z",
      "2024-04-12T10:18:49.Z",
      "+012024-04-12T10:18:49Z",
      "9999-12-31T23:59:59-05:00",
      "2024-04-12T10:18:49Z; drop table",
    ]
  ) {
    assert.equal(parseInstant(text), null, text);
  }
});

Deno.test("instants compare as text the way they compare as times", () => {
  const early = parseInstant("2024-04-12T10:18:49.738971Z");
  const late = parseInstant("2024-04-12T10:18:49.738972Z");
  assert.ok(early !== null && late !== null && early < late);
});

Deno.test("addDays() keeps the microseconds and crosses months", () => {
  const from = parseInstant("2024-02-20T10:18:47.635628Z");
  assert.ok(from);
  assert.equal(addDays(from, 14), "2024-03-05T10:18:47.635628Z");
  assert.equal(addDays(from, -20), "2024-01-31T10:18:47.635628Z");
});

Deno.test("addMilliseconds() and instantAt() keep microseconds and refuse what is no time", () => {
  const from = parseInstant("2026-03-01T23:59:59.999123Z");
  assert.ok(from);
  assert.equal(addMilliseconds(from, 1), "2026-03-02T00:00:00.000123Z");
  assert.equal(addMilliseconds(from, -1_000), "2026-03-01T23:59:58.999123Z");
  assert.equal(instantAt(0), "1970-01-01T00:00:00.000000Z");
  assert.throws(() => instantAt(8.64e15), RangeError);
});
