/**
 * Checks signatures by the Standard Webhooks scheme, which Resend (by svix) and Supabase Auth use:
 * base64 of HMAC-SHA256 over `id.timestamp.body`, keyed with the decoded part of `whsec_…`.
 *
 * Not by the `standardwebhooks` package, which asks the machine's clock for the time and so cannot be
 * tested with another, and takes the body as text, while what was signed are bytes.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Buffer } from "node:buffer";

/** What a delivery says of itself, read from its headers. */
export interface SignedDelivery {
  /** Id of the message, the same at every try. */
  readonly id: string;
  /** Unix seconds as they were written, because that is what was signed. */
  readonly timestamp: string;
  /** Every `v1` signature, 32 bytes each. */
  readonly signatures: readonly Uint8Array<ArrayBuffer>[];
}

/** How a delivery was judged; all but `valid` are refusals. */
export type DeliveryVerdict = "valid" | "wrong" | "outdated" | "from_the_future";

/** Which deliveries are accepted. */
export interface DeliveryOptions {
  /** Secrets that are valid now, `whsec_…`; more than one during rotation. */
  readonly secrets: readonly string[];
  /** How far the delivery's time may be from ours, in seconds, either way; 300. */
  readonly toleranceSeconds?: number;
}

/**
 * Judges one delivery.
 *
 * @param delivery Its headers, already read.
 * @param body The body's bytes as they came.
 * @param now The time in milliseconds since 1970.
 * @returns The verdict.
 */
export type DeliveryVerifier = (
  delivery: SignedDelivery,
  body: Uint8Array<ArrayBuffer>,
  now: number,
) => Promise<DeliveryVerdict>;

const MAX_HEADER_LENGTH = 2_048;
/** Each signature costs an HMAC over the body for each secret; two are sent during a rotation. */
const MAX_SIGNATURES = 5;

/**
 * Reads a delivery's headers.
 *
 * @param headers The request's headers.
 * @param prefix `svix` or `webhook`, the two names that the headers go by.
 * @returns What they say; `missing` if one is not there, `malformed` if one cannot be read.
 */
export function readDelivery(
  headers: Headers,
  prefix: "svix" | "webhook",
): SignedDelivery | "missing" | "malformed" {
  const [id, timestamp, written] = ["id", "timestamp", "signature"].map((name) =>
    headers.get(`${prefix}-${name}`)
  );
  if (!id || !timestamp || !written) return "missing";
  if (written.length > MAX_HEADER_LENGTH) return "malformed";
  if (!/^[\w.:-]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return "malformed";
  // Other versions, such as the asymmetric v1a, are passed over.
  const signatures = written.split(" ").filter((one) => one.startsWith("v1,")).map((one) =>
    new Uint8Array(Buffer.from(one.slice("v1,".length), "base64"))
  ).filter((bytes) => bytes.length === 32);
  if (signatures.length === 0 || signatures.length > MAX_SIGNATURES) return "malformed";
  return { id, timestamp, signatures };
}

/**
 * Makes a verifier for the given secrets.
 *
 * @param options The secrets and the tolerance.
 * @returns The verifier.
 */
export function createDeliveryVerifier(options: DeliveryOptions): DeliveryVerifier {
  const tolerance = (options.toleranceSeconds ?? 300) * 1_000;
  let keys: Promise<CryptoKey[]> | undefined;

  return async function verifyDelivery({ id, timestamp, signatures }, body, now) {
    keys ??= Promise.all(options.secrets.map((secret) => hmacKey(secret, "verify")));
    const signed = signedBytes(id, timestamp, body);
    let matches = false;
    for (const key of await keys) {
      for (const signature of signatures) {
        // subtle.verify compares in constant time; all pairs are tried so that time tells nothing.
        const match = await crypto.subtle.verify("HMAC", key, signature, signed);
        matches ||= match;
      }
    }
    if (!matches) return "wrong";
    const age = now - Number(timestamp) * 1_000;
    if (age > tolerance) return "outdated";
    if (age < -tolerance) return "from_the_future";
    return "valid";
  };
}

/**
 * Signs a body as the sender does; for the local stand-ins and tests.
 *
 * @param secret The secret, `whsec_…`.
 * @param delivery Id and Unix seconds of the delivery.
 * @param body The body's bytes.
 * @returns One entry of the signature header, `v1,…`.
 */
export async function signDelivery(
  secret: string,
  { id, timestamp }: Pick<SignedDelivery, "id" | "timestamp">,
  body: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const key = await hmacKey(secret, "sign");
  const signature = await crypto.subtle.sign("HMAC", key, signedBytes(id, timestamp, body));
  return `v1,${Buffer.from(signature).toString("base64")}`;
}

/** Auth writes its secret as `v1,whsec_…`, Resend as `whsec_…`. */
function hmacKey(secret: string, usage: "sign" | "verify"): Promise<CryptoKey> {
  const bytes = new Uint8Array(Buffer.from(secret.replace(/^(v1,)?whsec_/, ""), "base64"));
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}

function signedBytes(
  id: string,
  timestamp: string,
  body: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}
