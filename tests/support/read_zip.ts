/** Reads a zip whose entries are stored as they are, and checks it: places, lengths, sums. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";

/** An entry of a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Reads a zip by its central directory.
 *
 * @param zip All of its bytes.
 * @returns Its entries in their order.
 */
export function readZip(zip: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  let end = zip.length - 22;
  while (end > 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  assert.ok(end > 0, "no end of a central directory");
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    assert.equal(view.getUint32(at, true), 0x02014b50);
    assert.equal(view.getUint16(at + 10, true), 0, "stored");
    const [sum, length] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const [nameLength = 0, extra = 0, comment = 0] = lengths;
    const name = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = zip.subarray(start, start + length);
    assert.equal(crc32(content), sum, name);
    entries.push({ name, content });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}
