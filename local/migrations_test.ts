import assert from "node:assert/strict";
import { compareMigrations, isMadeOf } from "./migrations.ts";

const TEXT =
  "-- A table.\ncreate table a (b text);\n\n-- Its comment; twice.\ncomment on table a is 'x;y';\n";

Deno.test("isMadeOf() knows a file by the statements that were applied", () => {
  assert.ok(isMadeOf(TEXT, ["create table a (b text)", "comment on table a is 'x;y'"]));
  assert.ok(
    isMadeOf(TEXT, ["-- A table.\ncreate table a (b text);", "comment on table a is 'x;y'"]),
  );
  assert.ok(!isMadeOf(TEXT, ["create table a (b text)"]), "one was added");
  assert.ok(!isMadeOf(TEXT, ["create table a (c text)", "comment on table a is 'x;y'"]), "altered");
});

Deno.test("compareMigrations() tells applied, pending, changed and unknown apart", () => {
  const file = (version: string) => ({ version, name: "some", text: TEXT });
  const done = (version: string, statements: string[] | null) => ({
    version,
    name: "some",
    statements,
  });
  const whole = ["create table a (b text)", "comment on table a is 'x;y'"];
  const states = compareMigrations(
    [file("1"), file("2"), file("3"), file("5")],
    [done("1", whole), done("2", ["drop table a"]), done("4", whole), done("5", null)],
  );
  assert.deepEqual(states.map(({ version, state }) => [version, state]), [
    ["1", "applied"],
    ["2", "changed"],
    ["3", "pending"],
    ["4", "unknown"],
    ["5", "applied"],
  ]);
});
