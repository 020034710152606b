import assert from "node:assert/strict";
import { ActivityForm, dueMoment, isFutureDay, NoteForm, pastMoment } from "./note_forms.ts";

const NOW = Date.parse("2026-11-23T09:30:00Z");

Deno.test("NoteForm takes a note with or without a day", () => {
  const plain = NoteForm.parse({ type: "call", body: " Rang \r\n twice ", followUp: "" });
  assert.deepEqual(plain, { type: "call", body: "Rang \n twice", followUp: null });
  assert.equal(
    NoteForm.parse({ type: "call", body: "x", followUp: "1.12.2026" }).followUp,
    "2026-12-01",
  );
});

Deno.test("NoteForm refuses what is empty, too long, or no day", () => {
  const keys = (fields: Record<string, string>) =>
    NoteForm.safeParse(fields).error?.issues.map(({ message }) => message);
  assert.deepEqual(keys({ type: "call", body: " \n " }), ["agent.note.missing"]);
  assert.deepEqual(keys({ type: "call", body: "ë".repeat(4_001) }), ["agent.text.long"]);
  assert.deepEqual(keys({ type: "song", body: "x" }), ["agent.note.type.missing"]);
  assert.deepEqual(keys({ type: "call", body: "x", followUp: "31.2.2026" }), [
    "agent.day.malformed",
  ]);
});

Deno.test("ActivityForm needs a day", () => {
  const { error } = ActivityForm.safeParse({ kind: "call", happened: "", summary: "x" });
  assert.deepEqual(error?.issues.map(({ message }) => message), ["agent.day.missing"]);
});

Deno.test("pastMoment() is never later than now", () => {
  assert.equal(pastMoment("2026-11-20", NOW).toISOString(), "2026-11-20T12:00:00.000Z");
  assert.equal(pastMoment("2026-11-23", NOW).getTime(), NOW);
});

Deno.test("a follow-up falls due in the morning of its day", () => {
  assert.equal(dueMoment("2026-11-24").toISOString(), "2026-11-24T06:00:00.000Z");
});

Deno.test("isFutureDay() goes by the tenant's calendar", () => {
  const late = Date.parse("2026-11-23T23:30:00Z");
  assert.equal(isFutureDay("2026-11-24", "Europe/Belgrade", late), false);
  assert.equal(isFutureDay("2026-11-24", "UTC", late), true);
});
