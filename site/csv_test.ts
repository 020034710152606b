import assert from "node:assert/strict";
import { csv } from "./csv.ts";

Deno.test("csv() quotes texts, leaves numbers numbers, and begins with a byte order mark", () => {
  assert.equal(
    csv([["Emri", "Shuma"], ['Arta "A", ë', 12.5], [null, -4]]),
    [
      '\ufeff"Emri","Shuma"',
      '"Arta ""A"", ë",12.5',
      ",-4",
      "",
    ].join("\r\n"),
  );
});

Deno.test("csv() lets no text be a formula", () => {
  for (
    const text of [
      "=1+1",
      "+38344111222",
      "-2+3",
      "@SUM(A1)",
      "\t=1",
      "\r=1",
      " =1",
      "|calc",
      '=HYPERLINK("http://x")',
      "＝1+1",
    ]
  ) {
    const [, row = ""] = csv([["x"], [text]]).split('"x"\r\n');
    assert.equal(row.slice(0, 2), `"'`, text);
  }
  assert.equal(csv([["Arta = Blerta"]]), '\ufeff"Arta = Blerta"\r\n');
});

Deno.test("csv() keeps a line break of a text inside of its cell", () => {
  assert.equal(csv([["a\nb", "c"]]), '\ufeff"a\nb","c"\r\n');
});
