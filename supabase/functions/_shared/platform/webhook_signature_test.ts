import assert from "node:assert/strict";
import {
  createDeliveryVerifier,
  readDelivery,
  signDelivery,
  type SignedDelivery,
} from "./webhook_signature.ts";

const SECRET = `whsec_${btoa("a secret of thirty-two bytes....")}`;
const NOW = Date.parse("2026-03-01T12:00:00Z");
const bytes = (text: string) => new TextEncoder().encode(text);

async function headersFor(
  body: string,
  over: { id?: string; secret?: string; seconds?: number; prefix?: "svix" | "webhook" } = {},
): Promise<Headers> {
  const { id = "msg_1", secret = SECRET, seconds = NOW / 1_000, prefix = "svix" } = over;
  const timestamp = String(seconds);
  const signature = await signDelivery(secret, { id, timestamp }, bytes(body));
  return new Headers({
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: timestamp,
    [`${prefix}-signature`]: signature,
  });
}

function read(headers: Headers, prefix: "svix" | "webhook" = "svix"): SignedDelivery {
  const delivery = readDelivery(headers, prefix);
  if (typeof delivery === "string") throw new Error(delivery);
  return delivery;
}

Deno.test("verifyDelivery() accepts the example of the Standard Webhooks specification", async () => {
  // https://github.com/standard-webhooks/standard-webhooks: the test vector of its libraries.
  const headers = new Headers({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
  const verify = createDeliveryVerifier({ secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] });
  const verdict = await verify(
    read(headers, "webhook"),
    bytes('{"test": 2432232314}'),
    1_614_265_330_000,
  );
  assert.equal(verdict, "valid");
});

Deno.test("verifyDelivery() rejects a tampered byte, another id and another secret", async () => {
  const verify = createDeliveryVerifier({ secrets: [SECRET] });
  const delivery = read(await headersFor("{}"));
  assert.equal(await verify(delivery, bytes("{}"), NOW), "valid");
  assert.equal(await verify(delivery, bytes("{ }"), NOW), "wrong");
  assert.equal(await verify({ ...delivery, id: "msg_2" }, bytes("{}"), NOW), "wrong");
  assert.equal(await verify({ ...delivery, timestamp: "1" }, bytes("{}"), NOW), "wrong");
  const other = read(
    await headersFor("{}", { secret: `whsec_${btoa("another secret entirely")}` }),
  );
  assert.equal(await verify(other, bytes("{}"), NOW), "wrong");
});

Deno.test("verifyDelivery() accepts any of several signatures and secrets", async () => {
  const next = `whsec_${btoa("the secret after the rotation...")}`;
  const verify = createDeliveryVerifier({ secrets: [next, SECRET] });
  const old = await headersFor("{}");
  assert.equal(await verify(read(old), bytes("{}"), NOW), "valid");
  const gone = await headersFor("{}", {
    secret: `whsec_${btoa("a secret that is no more........")}`,
  });
  const both = new Headers(old);
  both.set(
    "svix-signature",
    `v1a,AAAA ${gone.get("svix-signature")} ${old.get("svix-signature")}`,
  );
  assert.equal(await verify(read(both), bytes("{}"), NOW), "valid");
  const hook = createDeliveryVerifier({ secrets: [`v1,${SECRET}`] });
  assert.equal(await hook(read(old), bytes("{}"), NOW), "valid");
});

Deno.test("verifyDelivery() refuses what is too old or from the future", async () => {
  const verify = createDeliveryVerifier({ secrets: [SECRET], toleranceSeconds: 300 });
  const at = async (seconds: number) =>
    await verify(
      read(await headersFor("{}", { seconds: NOW / 1_000 + seconds })),
      bytes("{}"),
      NOW,
    );
  assert.deepEqual(await Promise.all([-301, -300, 0, 300, 301].map(at)), [
    "outdated",
    "valid",
    "valid",
    "valid",
    "from_the_future",
  ]);
});

Deno.test("readDelivery() tells missing headers from unreadable ones", async () => {
  const good = await headersFor("{}");
  assert.equal(readDelivery(good, "webhook"), "missing");
  for (const name of ["svix-id", "svix-timestamp", "svix-signature"]) {
    const without = new Headers(good);
    without.delete(name);
    assert.equal(readDelivery(without, "svix"), "missing", name);
  }
  for (
    const [name, value] of [
      ["svix-id", "two words"],
      ["svix-id", "x".repeat(201)],
      ["svix-timestamp", "yesterday"],
      ["svix-timestamp", "-5"],
      ["svix-signature", "v2,AAAA"],
      ["svix-signature", "v1,c2hvcnQ="],
      ["svix-signature", Array(6).fill(good.get("svix-signature")).join(" ")],
      ["svix-signature", `v1,${"A".repeat(3_000)}`],
    ] as const
  ) {
    const bad = new Headers(good);
    bad.set(name, value);
    assert.equal(readDelivery(bad, "svix"), "malformed", `${name}: ${value.slice(0, 20)}`);
  }
});
