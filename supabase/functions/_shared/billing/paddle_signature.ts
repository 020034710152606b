/**
 * Checks `Paddle-Signature: ts=<unix seconds>;h1=<hex>[;h1=<hex>]`, HMAC-SHA256 of `ts:body`.
 *
 * Not by Paddle's SDK (3.10): that compares with `===`, takes any time in the future, refuses
 * healthy deliveries after 5 seconds and looks at the last `h1` only, which breaks rotation.
 * Source: https://developer.paddle.com/webhooks/signature-verification
 */

import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

/** A signature header that could be read. */
export interface SignatureHeader {
  /** `ts` as it was written, because that is what was signed. */
  readonly timestamp: string;
  /** Every `h1`, 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
}

/** How a signature was judged; all but `valid` are refusals. */
export type SignatureVerdict = "valid" | "wrong" | "outdated" | "from_the_future";

/** Which signatures are accepted. */
export interface SignatureOptions {
  /** Secrets that are valid now; more than one during rotation. */
  readonly secrets: readonly string[];
  /** How far the signature's time may be from ours, in seconds, either way. */
  readonly toleranceSeconds: number;
}

/**
 * Judges one delivery.
 *
 * @param header The header, already read.
 * @param body The body's bytes as they came.
 * @param now The time in milliseconds since 1970.
 * @returns The verdict.
 */
export type SignatureVerifier = (
  header: SignatureHeader,
  body: Uint8Array,
  now: number,
) => SignatureVerdict;

const MAX_HEADER_LENGTH = 2_048;
/** Each `h1` costs an HMAC over the body for each secret; Paddle sends two at most. */
const MAX_HASHES = 5;

/**
 * Reads the header. Unknown parts are passed over, as Paddle may add some.
 *
 * @param text The header's value, if there was one.
 * @returns Its time and hashes, or null if there is not exactly one time or no readable hash.
 */
export function parseSignatureHeader(text: string | null | undefined): SignatureHeader | null {
  if (!text || text.length > MAX_HEADER_LENGTH) return null;
  const timestamps: string[] = [];
  const hashes: Uint8Array[] = [];
  for (const part of text.split(";")) {
    const [name, value] = split(part);
    if (name === "ts" && /^\d{1,12}$/.test(value)) timestamps.push(value);
    if (name === "h1" && /^[0-9a-fA-F]{64}$/.test(value)) {
      hashes.push(Buffer.from(value, "hex"));
    }
  }
  const [timestamp, ...more] = timestamps;
  if (timestamp === undefined || more.length > 0) return null;
  if (hashes.length === 0 || hashes.length > MAX_HASHES) return null;
  return { timestamp, hashes };
}

/**
 * Makes a verifier for the given secrets.
 *
 * @param options The secrets and the tolerance.
 * @returns The verifier.
 */
export function createSignatureVerifier(options: SignatureOptions): SignatureVerifier {
  const tolerance = options.toleranceSeconds * 1000;

  return function verifySignature(header, body, now) {
    let matches = false;
    for (const secret of options.secrets) {
      // Not WebCrypto: handing a few kB to another thread and back costs more than hashing them.
      const expected = createHmac("sha256", secret).update(`${header.timestamp}:`).update(body)
        .digest();
      for (const hash of header.hashes) {
        // In constant time; all pairs are tried so that time tells nothing.
        const match = timingSafeEqual(expected, hash);
        matches ||= match;
      }
    }
    if (!matches) return "wrong";
    const age = now - Number(header.timestamp) * 1000;
    if (age > tolerance) return "outdated";
    if (age < -tolerance) return "from_the_future";
    return "valid";
  };
}

function split(part: string): [name: string, value: string] {
  const at = part.indexOf("=");
  return at === -1 ? ["", ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}
