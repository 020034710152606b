import assert from "node:assert/strict";
import { safeNextPath } from "./next_path.ts";

Deno.test("safeNextPath() takes paths of this site", () => {
  for (const path of ["/", "/sq/member", "/sq/pricing?plan=family#top", "/sq/k%C3%ABrkesa"]) {
    assert.equal(safeNextPath(path), path);
  }
});

Deno.test("safeNextPath() refuses everything that leads elsewhere", () => {
  for (
    const value of [
      null,
      undefined,
      "",
      "sq/member",
      "https://evil.test",
      "//evil.test",
      "///evil.test",
      "/\\evil.test",
      "\\\\evil.test",
      "/\t/evil.test",
      "/\n/evil.test",
      " /sq",
      "/sq member",
      "javascript:alert(1)",
      "/x/..//evil.test",
      "/././/evil.test",
      "/%2e//evil.test",
      `/${"a".repeat(2_001)}`,
    ]
  ) {
    assert.equal(safeNextPath(value), null, JSON.stringify(value));
  }
});

Deno.test("safeNextPath() resolves dot segments inside the site", () => {
  assert.equal(safeNextPath("/sq/member/../agent"), "/sq/agent");
  assert.equal(safeNextPath("/../../sq"), "/sq");
});
