import assert from "node:assert/strict";
import { revive } from "./client/revive.ts";
import { serialize } from "./serialize.ts";

function roundTrip(value: unknown): unknown {
  return revive(serialize(value), {});
}

Deno.test("serialize() keeps every kind of value", () => {
  const value = {
    text: 'a "quoted" </script> \u2028',
    numbers: [0, -0, 1.5, NaN, Infinity, -Infinity],
    yes: true,
    no: false,
    nothing: null,
    missing: undefined,
    big: 12345678901234567890n,
    date: new Date("2024-05-06T07:08:09.123Z"),
    url: new URL("https://example.com/a?b=c#d"),
    pattern: /a\/b"c/gi,
    map: new Map<unknown, unknown>([["a", 1], [{ key: true }, [2]]]),
    set: new Set([1, "1", undefined]),
    bytes: new Uint8Array([0, 127, 128, 255]),
    nested: { list: [[], {}, [[]]] },
    texts: ["Date", "Set", "BigInt"],
  };
  assert.deepStrictEqual(roundTrip(value), value);
});

Deno.test("serialize() keeps single values", () => {
  for (const value of [undefined, null, NaN, -0, 0, "", "text", 1n, [], {}]) {
    assert.deepStrictEqual(roundTrip(value), value);
  }
});

Deno.test("serialize() keeps an invalid date and a sparse array as they are", () => {
  const dates = roundTrip([new Date(NaN)]) as Date[];
  assert.ok(Number.isNaN(dates[0]?.getTime()));
  const sparse: unknown[] = [1];
  sparse[3] = undefined;
  assert.deepStrictEqual(roundTrip(sparse), sparse);
});

Deno.test("serialize() takes only the bytes that a Uint8Array shows", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  assert.deepStrictEqual(roundTrip(bytes), new Uint8Array([2, 3]));
});

Deno.test("serialize() keeps shared things shared and circles closed", () => {
  const shared = { n: 1 };
  const circle: { self?: unknown; map: Map<string, unknown> } = { map: new Map() };
  circle.self = circle;
  circle.map.set("back", circle);
  const { a, b, c } = roundTrip({ a: shared, b: [shared], c: circle }) as {
    a: unknown;
    b: unknown[];
    c: typeof circle;
  };
  assert.equal(a, b[0]);
  assert.equal(c.self, c);
  assert.equal(c.map.get("back"), c);
});

Deno.test("serialize() does not let data reach an object's prototype", () => {
  const revived = roundTrip(JSON.parse('{"__proto__":{"admin":true}}')) as { admin?: boolean };
  assert.equal(revived.admin, undefined);
  assert.equal(Object.getPrototypeOf(revived), Object.prototype);
});

Deno.test("serialize() refuses functions and symbols, and says where they are", () => {
  const props = [{ onClick: () => {} }];
  assert.throws(() => serialize(props), /cannot take a function: props\[0\]\.onClick/);
  assert.throws(() => serialize({ s: Symbol() }), /cannot take a symbol: props\.s/);
});

Deno.test("serialize() asks the reducer first, and revive() the reviver", () => {
  class Money {
    constructor(readonly cents: number) {}
  }
  const money = new Money(250);
  const text = serialize([money, money], (value) => {
    return value instanceof Money ? ["Money", value.cents] : null;
  });
  const [a, b] = revive(text, { Money: (cents) => new Money(cents as number) }) as Money[];
  assert.deepStrictEqual(a, money);
  assert.equal(a, b);
});
