import assert from "node:assert/strict";
import { parseAmount, writeAmount } from "./amounts.ts";

Deno.test("parseAmount() reads what people write", () => {
  const amounts: readonly (readonly [string, number | null])[] = [
    ["1250", 125_000],
    ["0", 0],
    ["12,5", 1_250],
    ["12.50", 1_250],
    ["1.250", 125_000],
    ["1,250", 125_000],
    ["1.250,50", 125_050],
    ["1,250.5", 125_050],
    ["1 250,00 €", 125_000],
    ["€ 1'250", 125_000],
    ["1.250.000", 125_000_000],
    ["100000000000", null],
    ["", null],
    ["-5", null],
    ["1.25.0", null],
    ["12.345,678", null],
    ["1.250.50", null],
    ["about 100", null],
  ];
  for (const [text, cents] of amounts) assert.equal(parseAmount(text), cents, text);
});

Deno.test("writeAmount() writes what parseAmount() reads", () => {
  for (const cents of [0, 5, 1_250, 125_000, 125_050]) {
    for (const locale of ["en", "sq"]) {
      assert.equal(parseAmount(writeAmount(cents, locale)), cents);
    }
  }
});
