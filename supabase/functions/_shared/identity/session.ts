/**
 * Verifies Supabase access tokens: HS256 with a shared secret locally, the project's public keys
 * (JWKS) hosted. Rights never come from a token; it only says who asks.
 */
import { createRemoteJWKSet, decodeJwt, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { Claimant } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";

/** Who asks, as a verified access token says. */
export interface Session extends Claimant {
  /** Supabase Auth's id of the sign-in, shared by all its refreshed tokens. */
  readonly sessionId: string | null;
  readonly email: string | null;
  /** When the token expires, in seconds since 1970. */
  readonly expiresAt: number;
}

/** What access tokens are checked against: a shared secret, or the project's public keys. */
export type AccessTokenKey = {
  /** Whom an `iss` claim has to name; tokens without the claim pass only with a shared secret. */
  readonly issuer?: string;
} & ({ readonly jwtSecret: string } | { readonly jwks: JWTVerifyGetKey });

/** Longer tokens are refused before any work is done; Supabase's own have about 1 kB. */
const MAX_TOKEN_LENGTH = 16_384;
/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE = 5;

const Claims = z.looseObject({
  sub: z.uuid(),
  role: z.literal("authenticated"),
  exp: z.number(),
  iss: z.string().optional(),
  email: z.string().optional(),
  "session_id": z.uuid().optional(),
});

/**
 * The key of a project's tokens. Public keys are fetched when first needed and kept, so make this
 * once at start.
 *
 * @param env The project's URL and, where its tokens are signed with a shared secret, that secret.
 * @returns The key for {@linkcode verifyAccessToken}.
 */
export function accessTokenKey(
  env: { readonly supabaseUrl: string; readonly supabaseJwtSecret: string | undefined },
): AccessTokenKey {
  const issuer = `${env.supabaseUrl}/auth/v1`;
  if (env.supabaseJwtSecret !== undefined) return { issuer, jwtSecret: env.supabaseJwtSecret };
  const address = new URL(`${issuer}/.well-known/jwks.json`);
  return { issuer, jwks: createRemoteJWKSet(address, { timeoutDuration: 3_000 }) };
}

/**
 * Verifies one access token: signature, expiry, audience, issuer, and that it is a person's.
 *
 * @param token The token, without `Bearer`.
 * @param key What to check it against.
 * @param now The time in milliseconds since 1970.
 * @returns Who asks, or null if the token is malformed, forged, expired or not a person's.
 * @throws {AppError} `auth_unavailable` (503) if the public keys cannot be fetched.
 */
export async function verifyAccessToken(
  token: string,
  key: AccessTokenKey,
  now: number = Date.now(),
): Promise<Session | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  try {
    const claims = Claims.safeParse(await verifiedPayload(token, key, now));
    if (!claims.success) return null;
    const { sub, exp, iss, email, session_id: sessionId } = claims.data;
    // Local Auth leaves the issuer out; where there is one it has to be ours.
    if (iss !== undefined && key.issuer !== undefined && iss !== key.issuer) return null;
    return {
      userId: sub,
      claims: claims.data,
      sessionId: sessionId ?? null,
      email: email ?? null,
      expiresAt: exp,
    };
  } catch (error) {
    if (isRefusal(error)) return null;
    throw new AppError({
      code: "auth_unavailable",
      status: 503,
      message: "Sign-in cannot be checked right now. Please try again shortly.",
      retryAfter: 5,
      cause: error,
    });
  }
}

/**
 * When a token says that it expires. Nothing is verified: good for deciding when to refresh, and for
 * nothing else.
 *
 * @param token The token, without `Bearer`.
 * @returns Seconds since 1970, or null if this is no token or it does not say.
 */
export function expiryOf(token: string): number | null {
  try {
    return decodeJwt(token).exp ?? null;
  } catch {
    return null;
  }
}

async function verifiedPayload(token: string, key: AccessTokenKey, now: number): Promise<unknown> {
  const expected = {
    audience: "authenticated",
    clockTolerance: CLOCK_TOLERANCE,
    currentDate: new Date(now),
    requiredClaims: ["sub", "exp"],
  };
  // The algorithm is ours to choose, never the token's.
  if ("jwtSecret" in key) {
    const secret = new TextEncoder().encode(key.jwtSecret);
    return (await jwtVerify(token, secret, { ...expected, algorithms: ["HS256"] })).payload;
  }
  const { payload } = await jwtVerify(token, key.jwks, {
    ...expected,
    algorithms: ["ES256", "RS256", "EdDSA"],
    ...(key.issuer === undefined ? {} : { issuer: key.issuer }),
  });
  return payload;
}

/** Everything that is wrong with the token itself, as opposed to with fetching the keys. */
function isRefusal(error: unknown): boolean {
  return error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== "ERR_JOSE_GENERIC";
}
