import assert from "node:assert/strict";
import { exportNames } from "./export_names.ts";

const CLAIM = "00000000-0000-4000-8000-000000000042";
const file = (name: string, claimNumber: string | null = "CLM-KS-2026-000042") => ({
  claimId: CLAIM,
  claimNumber,
  name,
  fileType: "application/pdf",
});

Deno.test("exportNames() puts files into their claim's folder", () => {
  assert.deepEqual(exportNames([file("a.pdf"), file("a.pdf", null)]), [
    "files/CLM-KS-2026-000042/a.pdf",
    "files/draft-00000000/a.pdf",
  ]);
});

Deno.test("exportNames() tells apart what has one name, on file systems without capitals too", () => {
  assert.deepEqual(exportNames([file("a.pdf"), file("A.pdf"), file("a.pdf")]), [
    "files/CLM-KS-2026-000042/a.pdf",
    "files/CLM-KS-2026-000042/A (2).pdf",
    "files/CLM-KS-2026-000042/a (3).pdf",
  ]);
});

Deno.test("exportNames() lets no name lead out of the folder or hide what a file is", () => {
  for (const hostile of ["../../etc/passwd", "..\\x.pdf", ".htaccess", "x.exe", "a\u202efdp.exe"]) {
    const [path = ""] = exportNames([file(hostile)]);
    assert.match(path, /^files\/CLM-KS-2026-000042\/[^/\\]+\.pdf$/, path);
    assert.doesNotMatch(path, /\/\.\./);
  }
});
