import assert from "node:assert/strict";
import { greetingName, lines, oneLine } from "./people.ts";

Deno.test("greetingName() greets people by the names that people have", () => {
  for (
    const name of [
      "Arta Berisha",
      "Milica Jovanović-Petrović",
      "Елена Стојановска",
      "O’Neil",
      "Dr. X",
    ]
  ) assert.equal(greetingName(name), name);
  assert.equal(greetingName("  Arta \n Berisha "), "Arta Berisha");
});

Deno.test("greetingName() leaves out what mail programs would make a link of, and what is no name", () => {
  for (
    const name of [
      null,
      "",
      "   ",
      "https://win.example",
      "Win at win.example",
      "you@win.example",
      "Call +383 44 111",
      "<b>Arta</b>",
      "A".repeat(61),
    ]
  ) assert.equal(greetingName(name), null, String(name));
});

Deno.test("oneLine() ends no header and turns nothing around", () => {
  assert.equal(oneLine("a\r\nBcc: b\u2028c\u202ed\u0000e"), "a Bcc: b c d e");
});

Deno.test("lines() keeps line ends and nothing else that cannot be seen", () => {
  assert.deepEqual(lines("a\r\nb\n\n\u202ec "), ["a", "b", "", "c"]);
});
