import assert from "node:assert/strict";
import { sender } from "./compose.ts";
import { pauseAfter } from "./pauses.ts";
import { whyNot } from "./why_not.ts";

Deno.test("sender() puts a tenant's name before the installation's address", () => {
  assert.equal(sender("Kosova", "Interdomestik <a@example.test>"), `"Kosova" <a@example.test>`);
  assert.equal(sender("Македонија", "a@example.test"), `"Македонија" <a@example.test>`);
  assert.equal(sender("  ", "Interdomestik <a@example.test>"), "a@example.test");
});

Deno.test("sender() lets no name end the quotes, add an address or a header", () => {
  assert.equal(
    sender(`Evil" <b@evil.test>, "x\r\nBcc: c@evil.test\\`, "a@example.test"),
    `"Evil b@evil.test , x Bcc: c@evil.test" <a@example.test>`,
  );
});

Deno.test("pauseAfter() doubles from a minute to an hour", () => {
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((attempts) => pauseAfter(attempts) / 60_000);
  assert.deepEqual(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

Deno.test("whyNot() begins with the code and stays short", () => {
  assert.equal(whyNot("too_late"), "too_late");
  assert.equal(whyNot("refused", "No."), "refused: No.");
  assert.ok(whyNot("refused", "x".repeat(1_000)).length <= 500);
});

Deno.test("whyNot() keeps nothing of whom the mail was for", () => {
  for (
    const said of [
      "Invalid `to` field: arta.berisha@example.test",
      'validation_error: "Arta Berisha" <arta.berisha@example.test> is not an address',
      "The recipient Arta Berisha <arta.berisha@example.test> is on the suppression list",
      "arta.berisha@example.test,other@example.test",
    ]
  ) {
    const kept = whyNot("address_refused", said);
    assert.match(kept, /^address_refused: /);
    assert.doesNotMatch(kept, /arta|berisha|example\.test/i, said);
  }
  assert.equal(whyNot("refused", "validation_error: No."), "refused: validation_error: No.");
  assert.equal(
    whyNot("provider_limit", "daily_quota_exceeded"),
    "provider_limit: daily_quota_exceeded",
  );
});
