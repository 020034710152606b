import assert from "node:assert/strict";
import { Columns, Statement } from "./statement.ts";

const tag = (texts: TemplateStringsArray, ...parts: unknown[]) =>
  new Statement(texts, parts, () => Promise.reject(new Error("nothing is sent here")));

Deno.test("wording() numbers the values of fragments in the order of the text", () => {
  const inner = tag`b = ${2}`;
  const statement = tag`select ${1} where ${inner} and c = any (${["x", "y"]})`;
  assert.deepEqual(statement.wording(), {
    text: "select $1 where b = $2 and c = any ($3)",
    values: [1, 2, ["x", "y"]],
  });
});

Deno.test("wording() puts a list of fragments one after the other", () => {
  const changes = ["one", "two"].map((name) => tag`change (${name}),`);
  assert.deepEqual(tag`with ${changes} done as (${3})`.wording(), {
    text: "with change ($1), change ($2), done as ($3)",
    values: ["one", "two", 3],
  });
});

Deno.test("wording() writes columns as a list to insert, or as assignments after `set`", () => {
  const row = { userId: "a", amountCents: 5, left: "out" };
  const columns = new Columns(row, ["userId", "amountCents"]);
  assert.deepEqual(tag`insert into t ${columns}`.wording(), {
    text: `insert into t ("user_id", "amount_cents") values ($1, $2)`,
    values: ["a", 5],
  });
  assert.deepEqual(tag`update t\n  set ${columns} where id = ${1}`.wording(), {
    text: `update t\n  set "user_id" = $1, "amount_cents" = $2 where id = $3`,
    values: ["a", 5, 1],
  });
});

Deno.test("wording() takes null for a value and refuses what is undefined", () => {
  assert.deepEqual(tag`select ${null}`.wording().values, [null]);
  assert.throws(() => tag`select ${undefined}`.wording(), /Undefined values/);
  assert.throws(
    () => tag`insert into t ${new Columns({}, ["gone"])}`.wording(),
    /Undefined values/,
  );
});

Deno.test("wording() cannot be talked into other columns", () => {
  const columns = new Columns({ 'a" = 1, b': 1 }, ['a" = 1, b']);
  assert.equal(tag`update t set ${columns}`.wording().text, `update t set "a"" = 1, b" = $1`);
});

Deno.test("execute() and awaiting send a statement once", async () => {
  let sent = 0;
  const statement = new Statement(["select 1"], [], () => {
    sent++;
    return Promise.resolve([] as never);
  });
  assert.equal(sent, 0);
  statement.execute().execute();
  await statement;
  await statement.catch(() => {});
  assert.equal(sent, 1);
});
