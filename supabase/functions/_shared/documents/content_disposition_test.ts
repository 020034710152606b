import assert from "node:assert/strict";
import { contentDisposition, downloadName } from "./content_disposition.ts";
import { DOCUMENT_KINDS, type DocumentType } from "./document_types.ts";

/** Letters that names were attacked with. */
const HOSTILE = [
  ...`"\\/:*?<>|;%'()=,&#+ .~$\``,
  ..."\r\n\t\0\x1b\x7f\x85",
  "\u200b",
  "\u202e",
  "\u2066",
  "\u2028",
  "\ufeff",
  "\ud83d\ude00",
  "\ud800",
  "e\u0301",
  "ë",
  "Ж",
  "漢",
  "\u00a0",
  ".exe",
  "..",
  "CON",
  "UTF-8''",
  "filename=",
];

/** What a browser takes for the name: RFC 5987's form. */
function read(header: string): string {
  const match = /^(?:inline|attachment); filename="([ -~]*)"; filename\*=UTF-8''(\S*)$/.exec(
    header,
  );
  assert.ok(match, header);
  assert.doesNotMatch(match[1] ?? "", /["\\%]/, "the plain form needs no unescaping");
  assert.match(match[2] ?? "", /^(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*$/, "RFC 5987's letters");
  return decodeURIComponent(match[2] ?? "");
}

Deno.test("contentDisposition() carries any name, and one in ASCII beside it", () => {
  assert.equal(
    contentDisposition("attachment", "Dëshmi – 'kopje' (1).pdf"),
    `attachment; filename="Deshmi _ 'kopje' (1).pdf"; ` +
      `filename*=UTF-8''D%C3%ABshmi%20%E2%80%93%20%27kopje%27%20%281%29.pdf`,
  );
  assert.equal(
    contentDisposition("inline", "слика.jpg"),
    `inline; filename="_____.jpg"; ` +
      `filename*=UTF-8''%D1%81%D0%BB%D0%B8%D0%BA%D0%B0.jpg`,
  );
  assert.match(contentDisposition("attachment", `50%41"x\\y.pdf`), /filename="50_41_x_y.pdf"/);
});

Deno.test("downloadName() keeps what people call their files", () => {
  for (
    const name of ["Foto 1.jpg", "IMG_2231.JPG", "ДСЦ-1 (2).jpeg", "a.b.c.jpg", "pranë urës.jpg"]
  ) {
    assert.equal(downloadName(name, "image/jpeg"), name);
  }
});

Deno.test("downloadName() says by its ending what the content is", () => {
  for (
    const [name, type, saved] of [
      ["invoice.exe", "image/jpeg", "invoice.exe.jpg"],
      ["run.bat", "text/plain", "run.bat.txt"],
      ["page.html", "text/plain", "page.html.txt"],
      ["photo", "image/heic", "photo.heic"],
      ["photo.jpg", "image/png", "photo.jpg.png"],
      ["scan.PDF", "application/pdf", "scan.PDF"],
      ["voice.opus", "audio/ogg", "voice.opus"],
      ["x.pdf.", "application/pdf", "x.pdf"],
      ["x.exe .pdf", "application/pdf", "x.exe.pdf"],
    ] as const
  ) assert.equal(downloadName(name, type), saved);
});

Deno.test("downloadName() hides, hurts and overwrites nothing", () => {
  for (
    const [name, saved] of [
      ["", "document.pdf"],
      ["...", "document.pdf"],
      [".bashrc", "bashrc.pdf"],
      [".pdf", "pdf.pdf"],
      ["../../etc/passwd", "_.._etc_passwd.pdf"],
      ["a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"],
      ["in\u202efdp.exe", "infdp.exe.pdf"],
      ["a\u200b\ufeffb.pdf", "ab.pdf"],
      ["CON", "_CON.pdf"],
      ["con.pdf", "_con.pdf"],
      ["lpt1.old.pdf", "_lpt1.old.pdf"],
      ["console.pdf", "console.pdf"],
      ["a\ud800b.pdf", "a\ufffdb.pdf"],
      ["e\u0301te\u0301.pdf", "été.pdf"],
    ] as const
  ) assert.equal(downloadName(name, "application/pdf"), saved);
});

Deno.test("downloadName() is never longer than a file system keeps, nor cut inside a letter", () => {
  for (const letter of ["x", "ë", "漢", "👩‍👩‍👧‍👦", "e\u0301\u0302"]) {
    const saved = downloadName(`${letter.repeat(255)}.jpeg`, "image/jpeg");
    assert.ok(new TextEncoder().encode(saved).length <= 200, letter);
    assert.ok(saved.endsWith(".jpeg"));
    const pieces = [...new Intl.Segmenter("und").segment(saved.slice(0, -5))];
    // What cannot be seen goes, the joiner of emoji with it.
    const first = pieces[0]?.segment ?? "";
    assert.ok(pieces.length >= 1 && saved.isWellFormed(), first);
  }
});

Deno.test("whatever a file is called, its header has one form and its name can be kept", () => {
  let state = 1;
  const draw = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const types = Object.keys(DOCUMENT_KINDS) as DocumentType[];
  for (let round = 0; round < 5000; round++) {
    const parts = Array.from({ length: draw(12) }, () => HOSTILE[draw(HOSTILE.length)] ?? "");
    const type = types[draw(types.length)] ?? "text/plain";
    const saved = downloadName(parts.join(draw(2) === 0 ? "" : "x"), type);
    const header = contentDisposition("attachment", saved);
    assert.equal(read(header), saved);
    // A header is made of it without complaint.
    new Headers({ "content-disposition": header });
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(saved, /[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u200b\u202e\u2066\u2028\ufeff]/);
    assert.doesNotMatch(saved, /^[ .]|[ .]$|^(?:con|aux|nul|prn)\./i);
    assert.ok(saved.isWellFormed() && saved.length > 3);
    const ending = saved.slice(saved.lastIndexOf(".") + 1).toLowerCase();
    assert.ok((DOCUMENT_KINDS[type].extensions as readonly string[]).includes(ending), saved);
    assert.equal(downloadName(saved, type), saved, "it stays what it is");
  }
});
