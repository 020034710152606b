/** Recordings: MP3, AAC, MP4, Ogg, WAV and WebM, without moving pictures. */
import { find, has, latin1 } from "./bytes.ts";
import type { Sample } from "./sample.ts";
import type { Sniffed } from "./sniff.ts";
import { brandsOf } from "./sniff_image.ts";

const MP4_BRANDS = /^(?:M4A |M4B |mp4[12]|iso[m2-9]|3gp[4-9]|3g2[abc]|dash|MSNV)$/;
const EBML = [0x1a, 0x45, 0xdf, 0xa3];
/** First chunks of WAV files. */
const WAV_CHUNKS = /^(?:fmt |JUNK|junk|bext|LIST|FLLR|PAD )$/;

/** Bits a second by version and layer, in thousands, by the four bits of the header. */
const BIT_RATES: Readonly<Record<string, readonly number[]>> = {
  "1.2": [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  "1.3": [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  "2.2": [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  "2.3": [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLE_RATES = [44_100, 48_000, 32_000];

/**
 * Says whether a file is a recording that is taken.
 *
 * @returns Its kind, why it is not taken, or null if it is no recording.
 */
export function sniffAudio(sample: Sample): Sniffed | null {
  const { head, tracks, afterTag, size } = sample;
  if (has(head, 0, "RIFF") && has(head, 8, "WAVE")) {
    return WAV_CHUNKS.test(latin1(head.subarray(12, 16))) ? { type: "audio/wav" } : null;
  }
  if (has(head, 0, "OggS\0")) return sniffOgg(head);
  if (has(head, 0, EBML)) return sniffWebm(head);
  if (brandsOf(head)?.some((brand) => MP4_BRANDS.test(brand)) === true) {
    if (tracks.has("vide")) return { danger: "video" };
    return tracks.has("soun") ? { type: "audio/mp4" } : null;
  }
  if (has(head, 0, "ID3")) return sniffFrames(withoutPadding(afterTag), afterTag.length);
  return sniffFrames(head, size);
}

function sniffOgg(head: Uint8Array): Sniffed | null {
  if (find(head, "\x80theora") !== -1) return { danger: "video" };
  const first = 27 + (head[26] ?? 0);
  const codecs = ["OpusHead", "\x01vorbis", "Speex   ", "\x7fFLAC"];
  return codecs.some((codec) => has(head, first, codec)) ? { type: "audio/ogg" } : null;
}

function sniffWebm(head: Uint8Array): Sniffed | null {
  const at = find(head.subarray(0, 64), "\x42\x82");
  if (at === -1 || !has(head, at + 3, "webm")) return null;
  if (find(head, "V_VP") !== -1 || find(head, "V_AV1") !== -1) return { danger: "video" };
  return find(head, "A_OPUS") !== -1 || find(head, "A_VORBIS") !== -1
    ? { type: "audio/webm" }
    : null;
}

/** Two frames in a row; one says too little, unless there is no more. */
function sniffFrames(bytes: Uint8Array, available: number): Sniffed | null {
  for (
    const [type, lengthOf] of [
      ["audio/mpeg", mpegFrame],
      ["audio/aac", adtsFrame],
    ] as const
  ) {
    const length = lengthOf(bytes, 0);
    if (length === null || length > available) continue;
    const isLast = length === available;
    if (isLast || lengthOf(bytes, length) !== null) return { type };
  }
  return null;
}

/** Length of the MPEG audio frame (layers II and III) at a place; null if there is none. */
function mpegFrame(bytes: Uint8Array, at: number): number | null {
  const [sync, kind, rates] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0) return null;
  const version = (kind >> 3) & 3;
  const layer = 4 - ((kind >> 1) & 3);
  if (version === 1 || layer === 4 || layer === 1) return null;
  const bitRate = BIT_RATES[`${version === 3 ? 1 : 2}.${layer}`]?.[rates >> 4];
  const base = SAMPLE_RATES[(rates >> 2) & 3];
  if (!bitRate || base === undefined) return null;
  const sampleRate = base / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 3 && version !== 3 ? 576 : 1152;
  return Math.floor(samples / 8 * bitRate * 1000 / sampleRate) + ((rates >> 1) & 1);
}

/** Length of the ADTS frame at a place; null if there is none. */
function adtsFrame(bytes: Uint8Array, at: number): number | null {
  if (at + 7 > bytes.length) return null;
  const [sync, kind, rates] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if (sync !== 0xff || (kind & 0xf6) !== 0xf0 || ((rates >> 2) & 15) > 12) return null;
  const length = (((bytes[at + 3] ?? 0) & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) |
    ((bytes[at + 5] ?? 0) >> 5);
  return length >= 7 ? length : null;
}

/** Tags may be followed by noughts. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((byte) => byte !== 0);
  return at === -1 ? bytes.subarray(0, 0) : bytes.subarray(at);
}
