import assert from "node:assert/strict";
import { fileTypeOf } from "./file_type.ts";

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
