import assert from "node:assert/strict";
import { SAMPLES } from "../../../../tests/support/sample_files.ts";
import { fileTypeOf, seenFileType } from "./file_type.ts";

Deno.test("fileTypeOf() takes what browsers say, in all their spellings", () => {
  const files: readonly (readonly [name: string, declared: string, type: string | null])[] = [
    ["a.jpg", "image/jpeg", "image/jpeg"],
    ["a.jpg", "image/JPG", "image/jpeg"],
    ["memo.m4a", "audio/x-m4a", "audio/mp4"],
    ["memo.webm", "video/webm;codecs=opus", "audio/webm"],
    ["note.txt", "text/plain; charset=utf-8", "text/plain"],
    ["IMG_1.HEIC", "", "image/heic"],
    ["IMG_1.HEIC", "application/octet-stream", "image/heic"],
    ["letter.docx", "", null],
    ["no ending", "", null],
    ["page.html", "text/html", null],
    ["picture.svg", "image/svg+xml", null],
    ["picture.jpg", "application/x-msdownload", null],
  ];
  for (const [name, declared, type] of files) {
    assert.equal(fileTypeOf(name, declared), type, `${name} ${declared}`);
  }
});

Deno.test("seenFileType() knows photos and papers by their beginning, as the function does later", async () => {
  const seen = async (content: Uint8Array, type = "") =>
    await seenFileType(new Blob([Uint8Array.from(content)], { type }));
  for (const [type, content] of Object.entries(SAMPLES)) {
    // A photo that a messenger saved under another ending.
    const isKnown = /^image|pdf$/.test(type);
    assert.equal(await seen(content, "image/jpeg"), isKnown ? type : "image/jpeg", type);
  }
  for (const content of ["", "%PD", "\xff\xd8", "RIFF1234WAVE", "MZ", "<html>"]) {
    assert.equal(await seen(new TextEncoder().encode(content), "text/plain"), "text/plain");
  }
});
