/** SHA-256 of what is small enough that handing it to another thread would cost more. */
import { createHash } from "node:crypto";

/**
 * SHA-256 in hexadecimal.
 *
 * @param content Bytes, or text as UTF-8; a few MB at most, as it is hashed before this returns.
 * @returns 64 lower-case digits.
 */
export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
