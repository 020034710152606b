/** Keys of links that work without signing in: 32 random bytes, of which the database knows a hash. */

/** What a key looks like: 32 bytes in base64url. */
const FORM = /^[A-Za-z0-9_-]{43}$/;

/** A new key. */
export function newLinkToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/**
 * A key for one content of a form: the same form sent twice leads to the same key, and one that was
 * changed in between to another.
 *
 * @param key A random key that came with the form.
 * @param content What the form says.
 */
export async function linkTokenFor(key: string, content: unknown): Promise<string> {
  const said = new TextEncoder().encode(`${key} ${JSON.stringify(content)}`);
  const digest = await crypto.subtle.digest("SHA-256", said);
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Whether a text, such as a part of a path, can be a key of ours. */
export function isLinkToken(text: string): boolean {
  return FORM.test(text);
}

/** What is stored of a key: its SHA-256 in lower-case hex. */
export async function hashOfToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return new Uint8Array(digest).toHex();
}
