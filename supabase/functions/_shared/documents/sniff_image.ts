/** Pictures: JPEG, PNG, WebP, HEIC and HEIF. */
import { has, latin1, uint16, uint32, uint32le } from "./bytes.ts";
import type { Sample } from "./sample.ts";
import type { Sniffed } from "./sniff.ts";

/** The largest sensors of phones have 200 million; a reader's browser needs four bytes for each. */
const MAX_PIXELS = 250_000_000;

const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"];
const HEIF_BRANDS = ["mif1", "mif2", "msf1"];
/** Other pictures in the same container. */
const OTHER_BRANDS = ["avif", "avis", "crx ", "jpeg", "jpgs"];

/**
 * Says whether a file is a picture that is taken.
 *
 * @returns Its kind, why it is not taken, or null if it is no picture.
 */
export function sniffImage({ head, size, tracks }: Sample): Sniffed | null {
  if (has(head, 0, [0xff, 0xd8, 0xff]) && isJpegMarker(head[3])) {
    return ofSize("image/jpeg", jpegPixels(head));
  }
  if (has(head, 0, "\x89PNG\r\n\x1a\n") && has(head, 8, "\0\0\0\rIHDR")) {
    return ofSize("image/png", uint32(head, 16) * uint32(head, 20));
  }
  if (has(head, 0, "RIFF") && has(head, 8, "WEBP")) {
    const isWhole = uint32le(head, 4) + 8 <= size + 1;
    const isKnown = has(head, 12, "VP8 ") || has(head, 12, "VP8L") || has(head, 12, "VP8X");
    return isWhole && isKnown ? { type: "image/webp" } : { danger: "unknown_type" };
  }
  const brands = brandsOf(head);
  if (brands === null || !tracks.has("pict") && !brands.some(isPictureBrand)) return null;
  if (brands.some((brand) => OTHER_BRANDS.includes(brand))) return { danger: "unknown_type" };
  if (brands.some((brand) => HEIC_BRANDS.includes(brand))) return { type: "image/heic" };
  if (brands.some((brand) => HEIF_BRANDS.includes(brand))) return { type: "image/heif" };
  return null;
}

/**
 * The brands of a file in the ISO base media format, the main one first.
 *
 * @returns Four letters each, or null if it is no such file.
 */
export function brandsOf(head: Uint8Array): string[] | null {
  const length = uint32(head, 0);
  if (!has(head, 4, "ftyp") || length < 16 || length > Math.min(head.length, 1024)) return null;
  const brands = [latin1(head.subarray(8, 12))];
  for (let at = 16; at + 4 <= length; at += 4) brands.push(latin1(head.subarray(at, at + 4)));
  return brands;
}

function isPictureBrand(brand: string): boolean {
  return HEIC_BRANDS.includes(brand) || HEIF_BRANDS.includes(brand) || OTHER_BRANDS.includes(brand);
}

function ofSize(type: "image/jpeg" | "image/png", pixels: number | null): Sniffed {
  if (pixels === 0) return { danger: "unknown_type" };
  return pixels !== null && pixels > MAX_PIXELS ? { danger: "too_many_pixels" } : { type };
}

/** After the two bytes that begin a JPEG: application data, tables, a comment or the frame. */
function isJpegMarker(marker: number | undefined): boolean {
  return marker !== undefined && marker >= 0xc0 && marker <= 0xfe && marker !== 0xd8 &&
    marker !== 0xd9;
}

/** Width times height by the frame header; null if it does not stand in the beginning. */
function jpegPixels(head: Uint8Array): number | null {
  let at = 2;
  while (at + 9 < head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    // A height of 0 is told later, after the first scan.
    if (isFrame) return Math.max(1, uint16(head, at + 5)) * uint16(head, at + 7);
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + uint16(head, at + 2);
  }
  return null;
}
