/** Compares the bearer of a request with secrets, in a time that tells nothing about them. */
import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "./errors.ts";

/**
 * The bearer token of a request.
 *
 * @param headers The request's headers.
 * @returns The token, or null if there is none.
 */
export function bearerOf(headers: Headers): string | null {
  return headers.get("authorization")?.match(/^Bearer +(.*\S)\s*$/i)?.[1] ?? null;
}

/**
 * Lets a request pass that bears one of the secrets.
 *
 * @param headers The request's headers.
 * @param secrets The secrets that are valid now.
 * @throws {AppError} `unauthorized` (401) for everyone else.
 */
export function requireSecret(headers: Headers, secrets: readonly string[]): void {
  const given = digest(bearerOf(headers) ?? "");
  // All are tried, and digests have one length, so that time tells nothing.
  const matches = secrets.map((secret) => timingSafeEqual(digest(secret), given));
  if (matches.includes(true)) return;
  throw new AppError({ code: "unauthorized", status: 401, message: "The secret is not right." });
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
