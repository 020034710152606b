import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import {
  createSignatureVerifier,
  parseSignatureHeader,
  type SignatureVerdict,
} from "./paddle_signature.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const TS = NOW / 1000;
const SECRET = "pdl_ntfset_test";
const BODY = new TextEncoder().encode(`{"event_id":"evt_1","note":"çertifikatë"}`);

/** What Paddle's documentation describes, written a second time. */
const hmac = (ts: number | string, body: Uint8Array, secret = SECRET) =>
  createHmac("sha256", secret).update(`${ts}:`).update(body).digest("hex");

function judge(
  header: string,
  { body = BODY, secrets = [SECRET], now = NOW, tolerance = 300 } = {},
): SignatureVerdict | "malformed" {
  const parsed = parseSignatureHeader(header);
  if (parsed === null) return "malformed";
  return createSignatureVerifier({ secrets, toleranceSeconds: tolerance })(parsed, body, now);
}

Deno.test("verifySignature() accepts what Paddle signs", () => {
  assert.equal(judge(`ts=${TS};h1=${hmac(TS, BODY)}`), "valid");
});

Deno.test("verifySignature() accepts what openssl signs", () => {
  const hash = "f0e7673558c9d01ea5a6fcefbf70cdbd3ae00b092c6982fab2e287d20c5979ad";
  assert.equal(judge(`ts=1772366400;h1=${hash}`), "valid");
});

Deno.test("verifySignature() rejects a tampered byte", () => {
  for (const at of [0, 10, BODY.length - 1]) {
    const tampered = BODY.slice();
    tampered[at] = (tampered[at] ?? 0) ^ 1;
    assert.equal(judge(`ts=${TS};h1=${hmac(TS, BODY)}`, { body: tampered }), "wrong");
  }
});

Deno.test("verifySignature() rejects another secret and another time", () => {
  assert.equal(judge(`ts=${TS};h1=${hmac(TS, BODY, "other")}`), "wrong");
  assert.equal(judge(`ts=${TS + 1};h1=${hmac(TS, BODY)}`), "wrong");
});

Deno.test("verifySignature() finds the matching h1 in any place", () => {
  const good = hmac(TS, BODY);
  const bad = hmac(TS, BODY, "other");
  assert.equal(judge(`ts=${TS};h1=${good};h1=${bad}`), "valid");
  assert.equal(judge(`ts=${TS};h1=${bad};h1=${good}`), "valid");
  assert.equal(judge(`ts=${TS};h1=${bad};h1=${bad}`), "wrong");
});

Deno.test("verifySignature() accepts any of several secrets during rotation", () => {
  const secrets = ["pdl_ntfset_old", "pdl_ntfset_new"];
  assert.equal(judge(`ts=${TS};h1=${hmac(TS, BODY, secrets[0])}`, { secrets }), "valid");
  assert.equal(judge(`ts=${TS};h1=${hmac(TS, BODY, secrets[1])}`, { secrets }), "valid");
});

Deno.test("verifySignature() allows for clocks up to the tolerance, both ways", () => {
  const at = (seconds: number, tolerance = 300) => {
    const ts = TS + seconds;
    return judge(`ts=${ts};h1=${hmac(ts, BODY)}`, { tolerance });
  };
  assert.equal(at(-300), "valid");
  assert.equal(at(-301), "outdated");
  assert.equal(at(300), "valid");
  assert.equal(at(301), "from_the_future");
  assert.equal(at(3600), "from_the_future");
  assert.equal(at(-6, 5), "outdated");
});

Deno.test("verifySignature() says wrong, not outdated, of an old forgery", () => {
  assert.equal(judge(`ts=1;h1=${hmac(1, BODY, "other")}`), "wrong");
});

Deno.test("verifySignature() signs bytes, whatever they are", () => {
  for (const body of [new Uint8Array(), Uint8Array.of(0xff, 0xfe, 0x00, 0xc3)]) {
    assert.equal(judge(`ts=${TS};h1=${hmac(TS, body)}`, { body }), "valid");
  }
});

Deno.test("verifySignature() signs the time as it was written", () => {
  const ts = `0${TS}`;
  assert.equal(judge(`ts=${ts};h1=${hmac(ts, BODY)}`), "valid");
});

Deno.test("parseSignatureHeader() passes over spaces, order and parts it does not know", () => {
  const good = hmac(TS, BODY);
  assert.equal(judge(` h1 = ${good.toUpperCase()} ; v=2;; ts = ${TS};h2=00;=`), "valid");
});

Deno.test("parseSignatureHeader() refuses what it cannot read and survives anything", () => {
  const good = hmac(TS, BODY);
  for (
    const header of [
      null,
      undefined,
      "",
      ";",
      "=;=;=",
      "ts",
      "h1",
      `ts=${TS}`,
      `h1=${good}`,
      `ts=;h1=${good}`,
      `ts=now;h1=${good}`,
      `ts=-1;h1=${good}`,
      `ts=1e9;h1=${good}`,
      `ts=1234567890123;h1=${good}`,
      `ts=${TS};ts=${TS};h1=${good}`,
      `ts=${TS};h1=`,
      `ts=${TS};h1=${good.slice(1)}`,
      `ts=${TS};h1=${good}00`,
      `ts=${TS};h1=${good.replace(/^./, "g")}`,
      `ts=${TS}` + `;h1=${good}`.repeat(6),
      `ts=${TS};h1=${good};${"x".repeat(3_000)}`,
      "\u0000\uffff💥=;",
      "__proto__=1;constructor=2",
    ]
  ) {
    assert.equal(parseSignatureHeader(header), null, String(header));
  }
});
