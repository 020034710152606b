/**
 * Signs a webhook body as Paddle does: HMAC-SHA256 of `ts:body`
 * (developer.paddle.com/webhooks/signature-verification).
 *
 * @param body The raw body.
 * @param secrets The destination's secrets; several while one is being replaced.
 * @param seconds Unix time of the delivery.
 * @returns The value of `Paddle-Signature`, with one `h1` a secret.
 */
export async function paddleSignature(
  body: string,
  secrets: string[],
  seconds: number,
): Promise<string> {
  const encoder = new TextEncoder();
  const hashes = await Promise.all(secrets.map(async (secret) => {
    const key = await crypto.subtle.importKey(
      "raw",
      encoder.encode(secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const hash = await crypto.subtle.sign("HMAC", key, encoder.encode(`${seconds}:${body}`));
    return `h1=${new Uint8Array(hash).toHex()}`;
  }));
  return [`ts=${seconds}`, ...hashes].join(";");
}
