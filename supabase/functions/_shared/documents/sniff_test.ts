import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  be32,
  bytes,
  EMPTY_ZIP,
  EXE,
  jpeg,
  MP4_VIDEO,
  png,
  SAMPLES,
  zeros,
  zip,
} from "../../../../tests/support/sample_files.ts";
import { DOCUMENT_KINDS, type DocumentType } from "./document_types.ts";
import { sampleOf, takeSample } from "./sample.ts";
import { matchesAnnounced, sniff } from "./sniff.ts";

/** What a file is taken for: a media type or a danger. */
function kindOf(file: Uint8Array): string {
  const found = sniff(sampleOf(file));
  return "type" in found ? found.type : found.danger;
}

const text = (written: string) => new TextEncoder().encode(written);

/** Numbers that look drawn and are the same each time (mulberry32). */
function drawing(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function streamOf(file: Uint8Array, nextLength: () => number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= file.length) return controller.close();
      const end = Math.min(file.length, at + Math.max(1, nextLength()));
      controller.enqueue(file.slice(at, end));
      at = end;
    },
  });
}

Deno.test("sniff() knows every kind that is taken by its content", () => {
  for (const [type, file] of Object.entries(SAMPLES)) assert.equal(kindOf(file), type);
  assert.deepEqual(Object.keys(SAMPLES).sort(), Object.keys(DOCUMENT_KINDS).sort());
});

Deno.test("sniff() refuses programs, archives, pages and everything unknown", () => {
  const refused: [string, Uint8Array, string][] = [
    ["nothing", zeros(0), "empty_file"],
    ["one nought", zeros(1), "unknown_type"],
    ["a Windows program", EXE, "executable"],
    ["a Linux program", bytes("\x7fELF\x02\x01\x01", zeros(60)), "executable"],
    ["a Mac program", bytes([0xcf, 0xfa, 0xed, 0xfe], zeros(60)), "executable"],
    ["a Java class", bytes([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52], zeros(60)), "executable"],
    ["WebAssembly", bytes("\0asm\x01\0\0\0"), "executable"],
    ["a shortcut", bytes("L\0\0\0\x01\x14\x02\0", zeros(60)), "executable"],
    ["a script", text("#!/bin/sh\nrm -rf ~\n"), "executable"],
    ["a ZIP", zip(), "archive"],
    ["an empty ZIP", EMPTY_ZIP, "archive"],
    ["a ZIP behind something", bytes(zeros(5000), zip()), "archive"],
    ["a RAR", bytes("Rar!\x1a\x07\x01\0", zeros(20)), "archive"],
    ["a 7z", bytes("7z\xbc\xaf\x27\x1c", zeros(20)), "archive"],
    ["gzip", bytes([0x1f, 0x8b, 8, 0], zeros(20)), "archive"],
    ["a tar", bytes("name", zeros(253), "ustar\x0000", zeros(248)), "archive"],
    ["an old Word file", bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1], zeros(60)), "unknown_type"],
    ["a GIF", bytes("GIF89a\x01\0\x01\0\0\0\0;"), "unknown_type"],
    ["AVIF", bytes(be32(24), "ftypavif", be32(0), "mif1avif", zeros(40)), "unknown_type"],
    ["a film", MP4_VIDEO, "video"],
    ["a WebM film", bytes(SAMPLES["audio/webm"], "V_VP9"), "video"],
    ["a page", text("<!DOCTYPE html><p>hi</p>"), "markup"],
    ["PostScript", text("%!PS-Adobe-3.0\nshowpage"), "unknown_type"],
    ["RTF", text("{\\rtf1 hello}"), "unknown_type"],
    ["UTF-16", bytes([0xff, 0xfe], "h\0i\0"), "unknown_type"],
    ["Latin-1", bytes("caf\xe9 au lait"), "unknown_type"],
    ["half a letter", bytes("caf\xc3"), "unknown_type"],
    ["a terminal's commands", text("hello\x1b]0;pwned\x07"), "unknown_type"],
    ["the beginning of a JPEG", bytes([0xff, 0xd8, 0xff]), "unknown_type"],
    ["a PDF without a version", bytes("%PDF-x"), "text/plain"],
    ["one frame of noise", bytes([0xff, 0xfb, 0x90, 0], zeros(2000)), "unknown_type"],
  ];
  for (const [name, file, kind] of refused) assert.equal(kindOf(file), kind, name);
});

Deno.test("sniff() refuses a file that is two kinds at once", () => {
  const page = "<html><script>alert(1)</script>";
  const inComment = bytes([0xff, 0xd8, 0xff, 0xfe, 0, page.length + 2], page, jpeg().slice(2));
  const refused: [string, Uint8Array][] = [
    ["a picture with a ZIP behind it", bytes(jpeg(), zip())],
    ["a picture with an empty ZIP behind it", bytes(png(), EMPTY_ZIP)],
    ["a PDF with a ZIP behind it", bytes(SAMPLES["application/pdf"], zip())],
    ["a PDF with a ZIP and something behind it", bytes(SAMPLES["application/pdf"], zip(), "\n\n")],
    ["a recording with a ZIP behind it", bytes(SAMPLES["audio/wav"], zip())],
    ["a picture with a RAR behind it", bytes(jpeg(), "Rar!\x1a\x07\0", zeros(9))],
    ["a picture with a page in its comment", inComment],
    ["a picture with a page behind it", bytes(png(), page)],
    ["a picture with a drawing in code behind it", bytes(png(), "<svg onload=alert(1)>")],
    ["a PDF that begins as a page too", bytes("%PDF-1.4\n", page, "\n%%EOF")],
    ["a picture that is a PDF too", bytes(jpeg(), "%PDF-1.4\n1 0 obj")],
    ["a picture that is a tar too", bytes(jpeg(), zeros(257 - jpeg().length), "ustar\x0000")],
  ];
  for (const [name, file] of refused) assert.equal(kindOf(file), "polyglot", name);
});

Deno.test("sniff() finds a ZIP's directory in front of the longest comment it may have", () => {
  const comment = 65_535;
  const ends = bytes("PK\x05\x06", zeros(16), [0xff, 0xff]);
  const file = new Uint8Array(300_000 + ends.length + comment).fill(0x41);
  file.set(jpeg());
  file.set(ends, 300_000);
  assert.equal(kindOf(file), "polyglot");
});

Deno.test("sniff() does not take four bytes that stand there by chance for a ZIP", () => {
  const chance = bytes(jpeg(), "PK\x05\x06", [7, 1, 4, 2, 9, 9, 1, 3], zeros(30));
  assert.equal(kindOf(chance), "image/jpeg");
});

Deno.test("sniff() takes what people write for text, and nothing that a browser renders", () => {
  const plain = [
    "hi",
    "\ufeffWith a mark in front\r\nand a page break\f",
    "a < b && c > d; 1<2, if (x<y) { }",
    "Write to <ana@example.test> or see <https://example.test/a?b=c>.",
    "[cid:image001.png] <image001.png@01D9.ABC> <body.txt>",
    "Unë ❤️ Prishtinën 🇽🇰, Скопје, café, ﷽",
    '{"a":[1,2]}',
    "PK is short for Prishtina–Kaçanik; MZ too. BZh %PDF- GIF89a",
  ];
  for (const written of plain) assert.equal(kindOf(text(written)), "text/plain", written);
  const markup = [
    "<html>",
    "   \n<!doctype html>",
    "<?xml version='1.0'?>",
    "<?php system($_GET[0]);",
    "Dear all, <script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example>",
    "<svg/onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<p onclick='x()'>",
    "<a href='javascript:x()'>x",
    "<b>bold</b>",
    "<x style=y>",
    `${"a".repeat(100_000)}<iframe src=x>`,
  ];
  for (const written of markup) assert.equal(kindOf(text(written)), "markup", written.slice(-60));
});

Deno.test("sniff() refuses pictures that would fill a reader's memory", () => {
  assert.equal(kindOf(png(16_320, 12_240)), "image/png");
  assert.equal(kindOf(png(60_000, 60_000)), "too_many_pixels");
  assert.equal(kindOf(jpeg(65_500, 65_500)), "too_many_pixels");
  assert.equal(kindOf(png(0, 5)), "unknown_type");
});

Deno.test("sniff() finds a recording behind a cover that is longer than all that is kept", () => {
  const cover = 700_000;
  const length = [cover >> 21, (cover >> 14) & 127, (cover >> 7) & 127, cover & 127];
  const frames = SAMPLES["audio/mpeg"].slice(20);
  assert.equal(
    kindOf(bytes("ID3\x04\0\0", length, new Uint8Array(cover).fill(7), frames)),
    "audio/mpeg",
  );
  assert.equal(
    kindOf(bytes("ID3\x04\0\0", length, new Uint8Array(cover).fill(7), EXE, zeros(900))),
    "unknown_type",
  );
});

Deno.test("matchesAnnounced() lets HEIC and HEIF stand for each other, and nothing else", () => {
  const types = Object.keys(DOCUMENT_KINDS) as DocumentType[];
  for (const announced of types) {
    for (const found of types) {
      const both = [announced, found].every((type) => /^image\/hei[cf]$/.test(type));
      assert.equal(matchesAnnounced(announced, found), announced === found || both);
    }
  }
});

Deno.test("sniff() says the same however the file is cut into pieces", async () => {
  const draw = drawing(5);
  const files = [
    ...Object.values(SAMPLES),
    bytes(jpeg(), zeros(70_000), zip()),
    bytes(zeros(300_000), "hdlr", zeros(8), "vide"),
    text(`${"text ".repeat(60_000)}<scr${"ipt>"}`),
    text("ë".repeat(200_000)),
    MP4_VIDEO,
  ];
  for (const file of files) {
    const whole = sampleOf(file);
    for (let round = 0; round < 4; round++) {
      const most = [1, 7, 1000, 100_000][round] ?? 1;
      // A byte at a time is for the short ones.
      if (file.length / most > 20_000) continue;
      const cut = await takeSample(streamOf(file, () => 1 + draw(most)), file.length);
      assert.ok(cut !== null);
      assert.deepEqual(sniff(cut), sniff(whole));
      assert.equal(cut.sha256, createHash("sha256").update(file).digest("hex"));
      assert.equal(cut.size, file.length);
      assert.deepEqual([...cut.tracks], [...whole.tracks]);
    }
  }
});

Deno.test("sniff() takes no noise for a document, and never fails over it", () => {
  const draw = drawing(7);
  const beginnings = [
    zeros(0),
    ...Object.values(SAMPLES).map((file) => file.slice(0, 12)),
    bytes("ID3\x04\0\0\x7f\x7f\x7f\x7f"),
    bytes([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff]),
  ];
  const named = new Set<string>();
  for (let round = 0; round < 3000; round++) {
    const beginning = beginnings[draw(beginnings.length)] ?? zeros(0);
    const noise = Uint8Array.from({ length: draw(400) }, () => draw(256));
    const kind = kindOf(bytes(beginning, noise));
    if (beginning.length === 0) named.add(kind);
  }
  for (const kind of named) {
    assert.ok(["unknown_type", "text/plain", "empty_file", "archive", "executable"].includes(kind));
  }
});

Deno.test("sniff() refuses anything with a ZIP behind it, whatever stands in between", () => {
  const draw = drawing(11);
  for (let round = 0; round < 300; round++) {
    const files = Object.values(SAMPLES);
    const file = files[draw(files.length)] ?? zeros(0);
    const noise = Uint8Array.from({ length: draw(3000) }, () => draw(256));
    const both = bytes(file, noise, zip(), zeros(draw(40)));
    assert.ok(["polyglot", "archive", "unknown_type"].includes(kindOf(both)));
  }
});

Deno.test("sniff() changes its mind over no byte of a document's content", () => {
  const draw = drawing(13);
  for (const [type, file] of Object.entries(SAMPLES)) {
    if (type === "text/plain") continue;
    for (let round = 0; round < 200; round++) {
      const altered = Uint8Array.from(file);
      altered[draw(altered.length)] = draw(256);
      const kind = kindOf(altered);
      // It stays what it was or becomes nothing that is taken: one byte makes no other document.
      const heif = /^image\/hei[cf]$/;
      const same = kind === type || heif.test(kind) && heif.test(type);
      assert.ok(same || !Object.hasOwn(DOCUMENT_KINDS, kind), `${type} became ${kind}`);
    }
  }
});

Deno.test("takeSample() leaves a file that is longer than announced", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(zeros(1000)),
    cancel: () => void (cancelled = true),
  });
  assert.equal(await takeSample(endless, 10_000), null);
  assert.ok(cancelled);
});

Deno.test("takeSample() keeps no more of a file that names a million kinds of tracks", async () => {
  const film = zeros(15 * 1024 * 1024);
  film.set(MP4_VIDEO);
  for (let at = 1024; at + 16 <= film.length; at += 16) {
    film.set(bytes("hdlr"), at);
    film.set(be32(at), at + 12);
  }
  const started = performance.now();
  const sample = await takeSample(streamOf(film, () => 65_536), film.length);
  assert.ok(performance.now() - started < 2_500, `${performance.now() - started} ms`);
  assert.equal([...sample?.tracks ?? []].slice(0, 9).join(), "vide,soun");
});

Deno.test("takeSample() looks through 15 MB in little time, hostile text included", async () => {
  const most = 15 * 1024 * 1024;
  for (const letters of ["<a", "< ", "<a on", "ab", "</a"]) {
    const file = text(letters.repeat(Math.floor(most / letters.length)));
    const started = performance.now();
    await takeSample(streamOf(file, () => 65_536), most);
    assert.ok(performance.now() - started < 2_500, `${letters}: ${performance.now() - started} ms`);
  }
});
