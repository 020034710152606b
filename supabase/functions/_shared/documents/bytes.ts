/** Reading numbers and words out of bytes. */

/** Whether the bytes at a place are these; text counts as Latin-1. */
export function has(bytes: Uint8Array, at: number, what: string | readonly number[]): boolean {
  const length = what.length;
  if (at < 0 || at + length > bytes.length) return false;
  for (let i = 0; i < length; i++) {
    const wanted = typeof what === "string" ? what.charCodeAt(i) : what[i];
    if (bytes[at + i] !== wanted) return false;
  }
  return true;
}

/** Where the bytes of a word, as Latin-1, first stand; -1 if nowhere. */
export function find(bytes: Uint8Array, what: string, from = 0): number {
  const first = what.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (has(bytes, at, what)) return at;
  }
  return -1;
}

/** Bytes as text, one character a byte. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** A number of two bytes, the high one first; 0 beyond the end. */
export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** A number of four bytes, the high one first; 0 beyond the end. */
export function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2);
}

/** A number of two bytes, the low one first; 0 beyond the end. */
export function uint16le(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0);
}

/** A number of four bytes, the low one first; 0 beyond the end. */
export function uint32le(bytes: Uint8Array, at: number): number {
  return uint16le(bytes, at + 2) * 0x10000 + uint16le(bytes, at);
}
