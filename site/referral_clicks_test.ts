import assert from "node:assert/strict";
import { isClick } from "./referral_clicks.ts";

const PHONE = "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Mobile Safari/537.36";

const asked = (headers: Record<string, string>, method = "GET") =>
  isClick(new Request("https://site.test/sq?ref=AB12", { method, headers }));

Deno.test("isClick() is a person who follows a link", () => {
  assert.equal(asked({ "user-agent": PHONE, "sec-fetch-mode": "navigate" }), true);
  // Older browsers do not say how they ask.
  assert.equal(asked({ "user-agent": PHONE }), true);
});

Deno.test("isClick() is no form, no prefetch and no program that draws a preview", () => {
  assert.equal(asked({ "user-agent": PHONE }, "POST"), false);
  assert.equal(asked({ "user-agent": PHONE, "sec-purpose": "prefetch;prerender" }), false);
  assert.equal(asked({ "user-agent": PHONE, "sec-fetch-mode": "cors" }), false);
  for (
    const program of [
      "facebookexternalhit/1.1",
      "WhatsApp/2.23.20.0",
      "TelegramBot (like TwitterBot)",
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      "Viber",
    ]
  ) assert.equal(asked({ "user-agent": program }), false, program);
});
