import assert from "node:assert/strict";
import { parseFacts, schemaOf } from "./facts.ts";
import { sampleFacts } from "./samples.ts";
import { MAIL_TEMPLATES } from "./templates.ts";

const ORIGIN = "https://ks.interdomestik.com";
const day7 = sampleFacts("onboarding_day_7", "sq", ORIGIN);
const reset = sampleFacts("password_reset", "sq", ORIGIN);
const survey = sampleFacts("nps_v1", "sq", ORIGIN);

Deno.test("parseFacts() refuses a mail that may be declined without an address to do so", () => {
  const { unsubscribe: _, ...without } = day7;
  assert.throws(() => parseFacts(without), /needs an address to do so/);
  assert.ok(parseFacts(without, { unsubscribe: `${ORIGIN}/sq/unsubscribe/k` }).unsubscribe);
});

Deno.test("parseFacts() refuses links to other sites", () => {
  const elsewhere = "https://ks.interdomestik.com.evil.test/x";
  assert.throws(() => parseFacts({ ...day7, unsubscribe: elsewhere }), /another site/);
  assert.throws(
    () => parseFacts({ ...reset, details: { ...reset.details, link: elsewhere } }),
    /another site/,
  );
  assert.throws(() => parseFacts(survey, { surveyUrl: elsewhere }), /another site/);
  assert.throws(() => parseFacts(survey, { surveyUrl: "javascript:alert(1)" }));
});

Deno.test("parseFacts() adds the survey's address, which is not stored", () => {
  const stored = { ...survey, details: {} };
  assert.throws(() => parseFacts(stored));
  const facts = parseFacts(stored, { surveyUrl: `${ORIGIN}/sq/nps/k` });
  assert.deepEqual(facts.details, { surveyUrl: `${ORIGIN}/sq/nps/k` });
});

Deno.test("parseFacts() refuses what is missing, unknown or too much", () => {
  assert.throws(() => parseFacts(null));
  assert.throws(() => parseFacts({ ...day7, template: "crm_campaign" }));
  assert.throws(() => parseFacts({ ...day7, details: {} }));
  assert.throws(() => parseFacts({ ...day7, details: { ...day7.details, note: "x" } }));
  assert.throws(() => parseFacts({ ...day7, origin: `${ORIGIN}/sq` }));
  assert.throws(() => parseFacts({ ...day7, locale: "de" }));
});

Deno.test("schemaOf() builds the schema of each mail once", () => {
  const first = MAIL_TEMPLATES.map(schemaOf);
  assert.equal(new Set(first).size, MAIL_TEMPLATES.length);
  parseFacts(day7);
  for (const [index, template] of MAIL_TEMPLATES.entries()) {
    assert.equal(schemaOf(template), first[index], template);
  }
});
