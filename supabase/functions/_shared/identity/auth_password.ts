/** A password in the form in which Supabase Auth takes it (ADR 0033). Pure. */
import { createHmac } from "node:crypto";

/** What bcrypt reads of a password, in bytes of UTF-8; Auth refuses more. */
const READ = 72;
/** What the hash is good for. Every password longer than {@linkcode READ} depends on it: never changed. */
const PURPOSE = "interdomestik password 1";

/**
 * The password that Auth is told: as it was typed, or, where bcrypt would not read all of it, a hash
 * of all of it (`h1:` and 43 characters of base64url, HMAC-SHA-256). Everything that gives Auth a
 * password asks here, so that what was chosen at one door opens the others.
 *
 * @param typed As it was typed, in Unicode's composed form.
 */
export function authPassword(typed: string): string {
  return new TextEncoder().encode(typed).length <= READ
    ? typed
    : `h1:${createHmac("sha256", PURPOSE).update(typed, "utf8").digest("base64url")}`;
}
