import assert from "node:assert/strict";
import { scrub } from "./scrub.ts";

const GONE: readonly (readonly [what: string, text: string, gone: string])[] = [
  ["a mail address", "no account for arta.berisha@example.com here", "arta"],
  ["a mail address in quotes", 'address "Arta <a@b.co>" refused', "a@b"],
  ["an IPv4 address", "connect ECONNREFUSED 10.20.30.40:5432", "10.20"],
  ["an IPv6 address", "from 2001:db8::ff00:42:8329 refused", "db8"],
  ["a telephone number", "sms to +383 44 123 456 failed", "44 123"],
  ["a telephone number without its country", "no answer from 044/123-456", "123"],
  ["an account of a bank", "refund to XK051212012345678906 refused", "1212"],
  ["an account in groups", "refund to MK07 2501 2000 0058 984 refused", "2501"],
  ["an account with letters", "refund to GB29 NWBK 6016 1331 9268 19 refused", "NWBK"],
  ["a short account", "refund to NO93 8601 1117 947 refused", "8601"],
  ["a card", "card 4242 4242 4242 4242 declined", "4242"],
  ["a name", "no consent of Arta Berisha-Krasniqi yet", "Berisha"],
  ["a name in Cyrillic", "нема согласност од Јована Петровска", "Петровска"],
  ["a link with its key", "GET https://site.test/sq/nps/Zm9vYmFyYmF6cXV4?x=1", "Zm9v"],
  ["a connection string", "postgresql://app_site:hunter2@db.test:6543/postgres", "hunter2"],
  ["a JSON Web Token", "bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJ"],
  ["a bearer", "authorization: Bearer abc.def-ghi", "abc.def"],
  ["a key of a service", "key re_AbCdEf123456 refused", "AbCd"],
  ["a random code", "code 4f9GhJkLmN0pQrStUvWx12 unknown", "4f9G"],
  ["a person's id", "profile 7d4a3e0e-5d0d-4f64-9a06-3d5c6c2e1f11 missing", "7d4a"],
  ["a member's number", "MEM-2026-000123 has no plan", "000123"],
  ["a claim's number", "CLM-KS-2026-000007 is closed", "000007"],
  ["a value that PostgreSQL quotes", 'invalid input syntax for type integer: "agron"', "agron"],
  ["a name in quotes", 'cannot greet "Agron Hoxha"', "Agron"],
  ["a value in a constraint's detail", "Key (email)=(a b c) already exists", "a b c"],
];

for (const [what, text, gone] of GONE) {
  Deno.test(`scrub() takes out ${what}`, () => {
    assert.equal(scrub(text).includes(gone), false, scrub(text));
  });
}

Deno.test("scrub() leaves what tells one fault from another", () => {
  const text =
    'duplicate key value violates unique constraint "profiles_email_key" (SQLSTATE 23505)';
  assert.equal(scrub(text), text);
  assert.equal(scrub("did not answer in time"), "did not answer in time");
  assert.equal(
    scrub("fetch https://api.resend.com/emails failed"),
    "fetch https://api.resend.com/… failed",
  );
});

Deno.test("scrub() cuts what is long, quickly", () => {
  assert.ok(scrub("word ".repeat(100_000)).length <= 301);
  const started = performance.now();
  for (const odd of ["a".repeat(5_000), "1 ".repeat(5_000), ":".repeat(5_000), '"'.repeat(5_000)]) {
    scrub(odd);
  }
  assert.ok(performance.now() - started < 200);
});
