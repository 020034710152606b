import assert from "node:assert/strict";
import { cursorOf, readCursor, writeCursor } from "./keyset.ts";

const ID = "3e87ccbc-e867-48fb-827f-1f6d42366fc1";

Deno.test("readCursor() reads what writeCursor() wrote", () => {
  for (const time of ["2026-11-23T10:00:00.000001Z", "2024-02-29T23:59:59.999999Z", "infinity"]) {
    assert.deepEqual(readCursor(writeCursor({ time, id: ID })), { time, id: ID });
  }
});

Deno.test("readCursor() takes no time that PostgreSQL does not know", () => {
  for (
    const time of [
      "2026-02-30T10:00:00.000000Z",
      "2026-02-29T10:00:00.000000Z",
      "2026-04-31T10:00:00.000000Z",
      "2026-13-01T10:00:00.000000Z",
      "2026-01-01T24:00:00.000000Z",
      "2026-01-01T10:60:00.000000Z",
      "0000-01-01T10:00:00.000000Z",
      "-infinity",
      "",
    ]
  ) {
    assert.equal(readCursor(`${time}_${ID}`), null, time);
  }
});

Deno.test("readCursor() takes nothing that is no place", () => {
  for (const text of [null, "", "_", ID, `infinity_${ID}'--`, `infinity_${ID.toUpperCase()}`]) {
    assert.equal(readCursor(text), null, `${text}`);
  }
});

Deno.test("cursorOf() is the last row of a page that has one behind it", () => {
  const rows = ["a", "b", "c"].map((id) => ({ id, place: `at ${id}` }));
  assert.deepEqual(cursorOf(rows, 2), { id: "b", time: "at b" });
  assert.equal(cursorOf(rows, 3), null);
});
