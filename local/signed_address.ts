/**
 * Signed addresses of Storage that are over or forged: hosted Storage says 400 `InvalidJWT`, the
 * embedded one would say 500.
 */
import { jwtVerify } from "jose";

const SIGNED = /^\/storage\/v1\/object\/(?:upload\/)?sign\/[^/]+\/./;

/**
 * Looks at the token of a signed address.
 *
 * @param request The request.
 * @param jwtSecret What Storage signs with.
 * @returns The refusal, or null if the token is good or the address is none that is signed.
 */
export async function refuseSigned(request: Request, jwtSecret: string): Promise<Response | null> {
  const { pathname, searchParams } = new URL(request.url);
  const token = searchParams.get("token");
  const isUsed = request.method === "GET" || request.method === "PUT";
  if (!isUsed || token === null || !SIGNED.test(pathname)) return null;
  try {
    await jwtVerify(token, new TextEncoder().encode(jwtSecret), { algorithms: ["HS256"] });
    return null;
  } catch (error) {
    await request.body?.cancel();
    const message = error instanceof Error ? error.message : "invalid";
    return Response.json({ statusCode: "400", error: "InvalidJWT", message }, { status: 400 });
  }
}
