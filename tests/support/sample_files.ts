/** The smallest files of every kind that is taken, and of some that are not, made of bytes. */

/** Bytes of a text, one a letter, and of numbers, one after another. */
export function bytes(...parts: (string | number | readonly number[] | Uint8Array)[]): Uint8Array {
  const made: number[] = [];
  for (const part of parts) {
    if (typeof part === "number") made.push(part);
    else if (typeof part === "string") {
      for (const letter of part) made.push(letter.charCodeAt(0));
    } else for (const byte of part) made.push(byte);
  }
  return Uint8Array.from(made);
}

/** Noughts. */
export const zeros = (length: number): Uint8Array => new Uint8Array(length);

/** Four bytes, the high one first. */
export function be32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Four bytes, the low one first. */
export const le32 = (value: number): number[] => be32(value).reverse();

/** A box of the ISO base media format. */
const box = (name: string, ...inside: Parameters<typeof bytes>): Uint8Array => {
  const content = bytes(...inside);
  return bytes(be32(content.length + 8), name, content);
};

const handler = (kind: string) => box("hdlr", zeros(8), kind, zeros(13));

/** A picture of so many points. */
export function jpeg(width = 4, height = 3): Uint8Array {
  const app0 = [0xff, 0xe0, 0, 16, ..."JFIF\0".split("").map((c) => c.charCodeAt(0))];
  return bytes(
    [0xff, 0xd8],
    [...app0, 1, 1, 0, 0, 1, 0, 1, 0, 0],
    [0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
    [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
    [0x12, 0x34, 0x56, 0xff, 0xd9],
  );
}

/** A picture of so many points; its checksums are not right, which nobody asks. */
export function png(width = 4, height = 3): Uint8Array {
  return bytes(
    "\x89PNG\r\n\x1a\n",
    [be32(13), "IHDR", be32(width), be32(height), [8, 2, 0, 0, 0], be32(0x1234)].flatMap((part) => [
      ...bytes(part),
    ]),
    [...bytes(be32(0), "IEND", [0xae, 0x42, 0x60, 0x82])],
  );
}

/** One file of each kind that is taken, by its media type. */
export const SAMPLES = {
  "image/jpeg": jpeg(),
  "image/png": png(),
  "image/webp": bytes("RIFF", le32(22), "WEBPVP8L", le32(10), zeros(10)),
  "image/heic": bytes(
    box("ftyp", "heic", be32(0), "mif1heic"),
    box("meta", zeros(4), handler("pict")),
    box("mdat", zeros(32)),
  ),
  "image/heif": bytes(
    box("ftyp", "mif1", be32(0), "mif1"),
    box("meta", zeros(4), handler("pict")),
    box("mdat", zeros(32)),
  ),
  "application/pdf": bytes(
    "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
    "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
    "trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n",
  ),
  "text/plain": new TextEncoder().encode(
    "Pranë urës së gurit, më 3 maj.\nШтета: 1 200 €. a < b, <ana@example.test>\n",
  ),
  "audio/mpeg": bytes(
    "ID3\x04\0\0",
    [0, 0, 0, 10],
    zeros(10),
    // Two frames of 417 bytes: 128 kbit/s at 44.1 kHz.
    [0xff, 0xfb, 0x90, 0],
    zeros(413),
    [0xff, 0xfb, 0x90, 0],
    zeros(413),
  ),
  "audio/mp4": bytes(
    box("ftyp", "M4A ", be32(0), "M4A mp42isom"),
    box("moov", box("trak", box("mdia", handler("soun")))),
    box("mdat", zeros(32)),
  ),
  "audio/aac": bytes(
    [0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc],
    zeros(9),
    [0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc],
    zeros(9),
  ),
  "audio/ogg": bytes("OggS\0\x02", zeros(20), 1, 19, "OpusHead", [1, 2], zeros(9)),
  "audio/wav": bytes("RIFF", le32(44), "WAVEfmt ", le32(16), zeros(16), "data", le32(8), zeros(8)),
  "audio/webm": bytes(
    [0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84],
    "webm",
    [0x86, 0x86],
    "A_OPUS",
    zeros(16),
  ),
} as const satisfies Record<string, Uint8Array>;

/** A ZIP archive that holds nothing: its directory alone. */
export const EMPTY_ZIP: Uint8Array = bytes("PK\x05\x06", zeros(18));

/** A ZIP archive with one stored file. */
export function zip(name = "a.txt", content: Uint8Array = bytes("hello")): Uint8Array {
  const size = [...le32(content.length), ...le32(content.length)];
  const length = [name.length & 255, name.length >> 8];
  const local = bytes("PK\x03\x04", zeros(14), size, length, [0, 0], name, content);
  const entry = bytes("PK\x01\x02", zeros(16), size, length, zeros(16), name);
  const counts = [1, 0, 1, 0];
  return bytes(
    local,
    entry,
    "PK\x05\x06",
    zeros(4),
    counts,
    le32(entry.length),
    le32(local.length),
    [0, 0],
  );
}

/** A program for Windows, as far as anybody looks. */
export const EXE: Uint8Array = bytes("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", zeros(50), "PE\0\0");

/** A film in the container that recordings come in. */
export const MP4_VIDEO: Uint8Array = bytes(
  box("ftyp", "isom", be32(0), "isommp42"),
  box("moov", box("trak", handler("vide")), box("trak", handler("soun"))),
);
