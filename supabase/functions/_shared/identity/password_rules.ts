/**
 * Which passwords may be chosen: long enough for NIST SP 800-63B, none that everybody tries first,
 * and not one's own name or address. Pure.
 */
import COMMON from "./common_passwords.json" with { type: "json" };

/** Bounds of a password, in characters. */
export const PASSWORD_BOUNDS = { min: 8, max: 128 } as const;

/**
 * Where a field for a password ends. Browsers cut off what is pasted without a word, and count a letter
 * up to four times: whatever is cut here was far too long, and is refused for it.
 */
export const PASSWORD_FIELD_MAX = 1_000;

/** What is wrong with a password. */
export type PasswordFault = "short" | "long" | "common" | "personal";

/** Whose password it is to be, as far as that is known. */
export interface PasswordOwner {
  readonly email?: string | null;
  readonly fullName?: string | null;
}

/** The frequent ones, and what people who come to this site think of first. */
const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON,
  "asistenca",
  "beograd1",
  "interdomestik",
  "interdomestik1",
  "kosova2008",
  "kosovo123",
  "makedonija",
  "prishtina",
  "shqiperia",
  "shqiponja",
]);
/** Parts of a name or an address that are too short to be recognised by. */
const TELLING = 4;

/**
 * Judges a password that somebody wants to use.
 *
 * @param password As it was typed, in Unicode's composed form.
 * @param owner Whose it is to be.
 * @returns What is wrong with it, or null.
 */
export function passwordFault(password: string, owner: PasswordOwner = {}): PasswordFault | null {
  const { length } = [...password];
  if (length < PASSWORD_BOUNDS.min) return "short";
  if (length > PASSWORD_BOUNDS.max) return "long";
  const plain = folded(password);
  if (KNOWN.has(plain) || isPattern(plain)) return "common";
  return isPersonal(plain, owner) ? "personal" : null;
}

/** One to three signs over and over, or signs in their order: `aaaaaaaa`, `abcabcabc`, `23456789`. */
function isPattern(text: string): boolean {
  if (/^(.{1,3})\1+(.{0,2})$/u.test(text)) return true;
  const steps = [...text].map((sign) => sign.codePointAt(0) ?? 0)
    .map((code, at, codes) => code - (codes[at - 1] ?? code)).slice(1);
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}

/** Nothing but the owner's name or address, however much is put around it in digits and signs. */
function isPersonal(text: string, { email, fullName }: PasswordOwner): boolean {
  const address = folded(email ?? "");
  const [local = "", domain = ""] = address.split("@");
  const name = folded(fullName ?? "");
  const known = [address, local, domain, name, ...name.split(/\s+/), ...local.split(/[._+-]/)]
    .map(lettersOf).filter((word) => [...word].length >= TELLING);
  const letters = lettersOf(text);
  return known.includes(letters) || known.includes([...letters].reverse().join("")) ||
    known.some((one) => known.some((other) => letters === one + other));
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, "");
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim();
}
