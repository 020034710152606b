/**
 * The secret codes in a mail's links, derived from the mail's id and a secret of ours: a second try
 * holds the same code to the byte, and the database keeps hashes only.
 */
import { createHash, createHmac, hkdfSync } from "node:crypto";

/** What a code is good for; a code for one purpose is none for the other. */
export type LinkPurpose = "nps" | "unsubscribe" | "welcome";

/** A code and what the database keeps of it. */
export interface LinkCode {
  /** 32 bytes in base64url, 43 characters; only ever inside of a mail. */
  readonly token: string;
  /** SHA-256 of the token's text, hexadecimal. */
  readonly hash: string;
}

/** Derives the codes of mails. */
export interface LinkCodes {
  /**
   * The code for a mail that gets one now.
   *
   * @param purpose What it is good for.
   * @param mailId Id of the mail in the ledger.
   */
  make(purpose: LinkPurpose, mailId: string): LinkCode;
  /**
   * The code of a mail that was given one before, under whichever secret that was.
   *
   * @param purpose What it is good for.
   * @param mailId Id of the mail in the ledger.
   * @param hash What the database kept of it.
   * @returns The code, or null if its secret is no longer there.
   */
  find(purpose: LinkPurpose, mailId: string, hash: string): LinkCode | null;
}

/**
 * Prepares the derivation.
 *
 * @param secrets Secrets that are valid now, the one for new codes first.
 * @returns Derives codes.
 */
export function createLinkCodes(secrets: readonly string[]): LinkCodes {
  const keys = secrets.map((secret) =>
    new Uint8Array(hkdfSync("sha256", secret, "", "mail-links", 32))
  );
  function derive(key: Uint8Array, purpose: LinkPurpose, mailId: string): LinkCode {
    const token = createHmac("sha256", key).update(`${purpose}:${mailId}`).digest("base64url");
    return { token, hash: hashToken(token) };
  }
  return {
    make(purpose, mailId) {
      const [key] = keys;
      if (key === undefined) throw new Error("there is no secret to derive codes from");
      return derive(key, purpose, mailId);
    },
    find(purpose, mailId, hash) {
      const codes = keys.map((key) => derive(key, purpose, mailId));
      return codes.find((code) => code.hash === hash) ?? null;
    },
  };
}

/**
 * What the database keeps of a code that somebody presents.
 *
 * @param token The code as it came.
 * @returns SHA-256 of its text, hexadecimal.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Ours have 43 characters; those of another time or derivation may differ. */
const TOKEN = /^[\w-]{10,200}$/;

/**
 * Whether a text could be a code of ours; one that could not need not be looked up.
 *
 * @param text The code as it came.
 */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
