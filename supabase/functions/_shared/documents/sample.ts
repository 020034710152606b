/**
 * Reads a file once, from its beginning to its end, and keeps what is needed to say what it is: little
 * of it, however long it is.
 */
import { createHash } from "node:crypto";
import { find, has } from "./bytes.ts";
import { createTextCheck, type TextVerdict } from "./text_check.ts";

/** What is kept of a file. */
export interface Sample {
  /** Length of the whole file in bytes. */
  readonly size: number;
  /** Its beginning. */
  readonly head: Uint8Array;
  /** Its end; the same bytes as the beginning if it is short. */
  readonly tail: Uint8Array;
  /** What follows an ID3 tag, with which MP3 files begin; empty if there is none. */
  readonly afterTag: Uint8Array;
  /** Whether it is text, all of it. */
  readonly text: TextVerdict;
  /** Which of {@linkcode TRACKS} an MP4 or HEIF file names. */
  readonly tracks: ReadonlySet<string>;
  /** SHA-256 of the whole file, lower-case hexadecimal. */
  readonly sha256: string;
}

/** Photos tell their size behind previews and colour profiles of some ten kilobytes. */
const HEAD = 256 * 1024;
/** A ZIP's directory ends at most 65,557 bytes before the end of the file. */
const TAIL = 65_557;
const AFTER_TAG = 8 * 1024;
/** Kinds of tracks that tell films, recordings and pictures apart. */
const TRACKS = ["vide", "soun", "pict"];
/** `hdlr`, eight bytes of no interest, and the four that are looked for. */
const HANDLER = 16;

/**
 * Takes a sample of a file.
 *
 * @param body The file's bytes; read to the end, or left when there are too many.
 * @param maxBytes The most that is read.
 * @returns The sample, or null if the file is longer.
 */
export async function takeSample(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Sample | null> {
  const sampler = createSampler();
  for await (const chunk of body) {
    // Leaving the loop cancels the stream.
    if (sampler.size + chunk.length > maxBytes) return null;
    sampler.take(chunk);
  }
  return sampler.end();
}

/** The same of a file that is in memory. */
export function sampleOf(bytes: Uint8Array): Sample {
  const sampler = createSampler();
  sampler.take(bytes);
  return sampler.end();
}

function createSampler() {
  const head = createWindow(HEAD);
  const afterTag = createWindow(AFTER_TAG);
  const hash = createHash("sha256");
  const text = createTextCheck();
  const tracks = new Set<string>();
  let tail: Uint8Array = new Uint8Array();
  let size = 0;
  let tagEnds: number | null = null;

  return {
    get size() {
      return size;
    },
    take(chunk: Uint8Array): void {
      hash.update(chunk);
      text.take(chunk);
      noteTracks(joined(tail.subarray(-HANDLER + 1), chunk), tracks);
      head.take(chunk, size);
      tagEnds ??= endOfTag(head.bytes());
      if (tagEnds !== null) afterTag.take(chunk, size - tagEnds);
      tail = joined(tail, chunk).slice(-TAIL);
      size += chunk.length;
    },
    end(): Sample {
      return {
        size,
        head: head.bytes(),
        tail,
        afterTag: afterTag.bytes(),
        text: text.end(),
        tracks,
        sha256: hash.digest("hex"),
      };
    },
  };
}

/** Keeps the first bytes from a place on. */
function createWindow(length: number) {
  const kept = new Uint8Array(length);
  let filled = 0;
  return {
    /** `at`: where the chunk lies relative to the window's beginning. */
    take(chunk: Uint8Array, at: number): void {
      const part = chunk.subarray(Math.max(0, filled - at), Math.max(0, length - at));
      kept.set(part, filled);
      filled += part.length;
    },
    bytes: () => kept.subarray(0, filled),
  };
}

/** Where an ID3v2 tag ends, its length written in four times seven bits; null if none is seen yet. */
function endOfTag(head: Uint8Array): number | null {
  if (head.length < 10 || !has(head, 0, "ID3")) return null;
  let length = 0;
  for (let at = 6; at < 10; at++) length = length * 128 + ((head[at] ?? 0) & 0x7f);
  return 10 + length + (((head[5] ?? 0) & 0x10) === 0 ? 0 : 10);
}

function noteTracks(bytes: Uint8Array, tracks: Set<string>): void {
  for (let at = find(bytes, "hdlr"); at !== -1; at = find(bytes, "hdlr", at + 1)) {
    if (at + HANDLER > bytes.length) return;
    const kind = TRACKS.find((track) => has(bytes, at + 12, track));
    // No others: a hostile file names a million.
    if (kind !== undefined) tracks.add(kind);
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
