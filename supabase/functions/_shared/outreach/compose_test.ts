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
  assert.equal(whyNot("refused", "x".repeat(1_000)).length, 500);
});
