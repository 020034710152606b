/** What nobody should send and somebody will: odd values, and odd ways to send a form. */
import fc from "fast-check";

/** Texts that have broken something somewhere. */
const KNOWN: readonly string[] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\r\nset-cookie: a=b",
  "'",
  "''; select pg_sleep(5); --",
  "1) or (1=1",
  "%",
  "_",
  "\\",
  "%00",
  "%ff",
  "../../../../etc/passwd",
  "..\\..\\",
  "//evil.example",
  "/\\evil.example",
  "https://evil.example@",
  "javascript:alert(1)",
  "<script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "{{7*7}}",
  "${7*7}",
  "[object Object]",
  "__proto__",
  "constructor",
  "null",
  "undefined",
  "true",
  "NaN",
  "-1",
  "0",
  "1e309",
  "9".repeat(40),
  "2147483648",
  "9223372036854775808",
  "0x10",
  "1,5",
  "1.000.000,00",
  "2026-02-30",
  "0000-00-00",
  "275760-09-14",
  "infinity",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "{}",
  "[]",
  `{"a":`,
  "\u202egnp.exe",
  "\ufeff",
  "\u200b".repeat(50),
  "e\u0301".repeat(300),
  "👩‍👩‍👧‍👦".repeat(40),
  "a".repeat(300),
  "a".repeat(5_001),
  "a".repeat(70_000),
  `${"a".repeat(250)}@example.test`,
  "a@b",
  "a@localhost",
  "ks",
  "mk",
  "super_admin",
  "rejected",
];

/** One odd text. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...KNOWN),
  fc.string({ unit: "binary", maxLength: 60 }).map(wellFormed),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.uuid(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.emailAddress(),
  fc.webUrl(),
  fc.base64String({ maxLength: 80 }),
);

/** Half a surrogate pair cannot be written in UTF-8. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** Anything that JSON can say. */
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(null, [], {}, 0, "", deep(200)),
);

function deep(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

/** What happens to one field of a form. */
type Change = "keep" | "drop" | "odd" | "twice";

/** A form as it is sent. */
export interface OddForm {
  readonly headers: Record<string, string>;
  readonly body: BodyInit;
}

/**
 * Odd ways to send a form: fields changed, left out or doubled, others added; as one kind of form, the
 * other, JSON, or something that is no form at all.
 *
 * @param fields Names and values as the page has them.
 */
export function oddForm(fields: readonly (readonly [string, string])[]): fc.Arbitrary<OddForm> {
  const change = fc.constantFrom<Change>("keep", "keep", "drop", "odd", "odd", "twice");
  return fc.record({
    changes: fc.array(fc.tuple(change, oddText), {
      minLength: fields.length,
      maxLength: fields.length,
    }),
    added: fc.array(fc.tuple(oddText, oddText), { maxLength: 2 }),
    way: fc.constantFrom("form", "form", "form", "form", "multipart", "json", "junk"),
    junk: fc.uint8Array({ maxLength: 200 }),
  }).map(({ changes, added, way, junk }) => {
    const sent: [string, string][] = [];
    for (const [at, [name, value]] of fields.entries()) {
      const [what, odd] = changes[at] ?? ["keep", ""];
      if (what !== "drop") sent.push([name, what === "odd" ? odd : value]);
      if (what === "twice") sent.push([name, odd]);
    }
    sent.push(...added);
    return written(way, sent, junk);
  });
}

function written(way: string, sent: [string, string][], junk: Uint8Array): OddForm {
  switch (way) {
    case "multipart": {
      const form = new FormData();
      for (const [name, value] of sent) form.append(name, value);
      return { headers: {}, body: form };
    }
    case "json":
      return {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(Object.fromEntries(sent)),
      };
    case "junk":
      return {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new Uint8Array(junk),
      };
    default:
      return { headers: {}, body: new URLSearchParams(sent) };
  }
}
