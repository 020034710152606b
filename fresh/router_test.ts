import assert from "node:assert/strict";
import { Router } from "./router.ts";

function routerOf(...patterns: string[]): Router<string> {
  const router = new Router<string>();
  for (const pattern of patterns) router.add(pattern, pattern);
  return router;
}

Deno.test("Router.match() answers an exact path with and without a slash at its end", () => {
  const router = routerOf("/", "/about");
  assert.equal(router.match("/")?.value, "/");
  assert.equal(router.match("/about")?.value, "/about");
  assert.equal(router.match("/about/")?.value, "/about");
  assert.equal(router.match("/about/us"), null);
});

Deno.test("Router.match() answers a pattern only without a slash at the end", () => {
  const router = routerOf("/:locale/help");
  assert.equal(router.match("/en/help")?.value, "/:locale/help");
  assert.equal(router.match("/en/help/"), null);
});

Deno.test("Router.match() prefers an exact path, then the pattern that was added first", () => {
  const router = routerOf("/:locale", "/claims/:id", "/:locale/:page", "/claims/new");
  assert.equal(router.match("/claims/new")?.value, "/claims/new");
  assert.equal(router.match("/claims/7")?.value, "/claims/:id");
  assert.equal(router.match("/other/7")?.value, "/:locale/:page");

  const reversed = routerOf("/:locale/:page", "/claims/:id");
  assert.equal(reversed.match("/claims/7")?.value, "/:locale/:page");
});

Deno.test("Router.match() finds parameters, and leaves them encoded", () => {
  const router = routerOf("/:locale/claims/:id", "/docs/:path*");
  assert.deepEqual(router.match("/en/claims/a%20b")?.params, { locale: "en", id: "a%20b" });
  assert.deepEqual(router.match("/docs/a/b/c")?.params, { path: "a/b/c" });
  assert.deepEqual(router.match("/docs")?.params, { path: "" });
});

Deno.test("Router.match() leaves unusual patterns to URLPattern, in their order", () => {
  const router = routerOf("/:name-:id", "/:any", "/users{/:id}?");
  assert.deepEqual(router.match("/box-7"), {
    pattern: "/:name-:id",
    value: "/:name-:id",
    params: { name: "box", id: "7" },
  });
  assert.equal(router.match("/box")?.value, "/:any");
  assert.deepEqual(router.match("/users/7")?.params, { id: "7" });
});

Deno.test("Router.match() agrees with URLPattern on random patterns and paths", () => {
  const parts = ["a", "b", ":", ":", "ü", "a b"];
  const pathParts = ["a", "b", "c", "%C3%BC", "a%20b", "", "%zz"];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 16807) % 2147483647) % below;
  const pick = (list: string[]) => list[random(list.length)] ?? "";
  let matches = 0;
  for (let round = 0; round < 80; round++) {
    const patterns = Array.from({ length: 6 }, () => {
      const path = Array.from({ length: 1 + random(3) }, (_, i) => {
        const part = pick(parts);
        return part === ":" ? `/:name${i}` : `/${part}`;
      });
      return `${path.join("")}${random(4) === 0 ? "/:rest*" : ""}`;
    }).filter((pattern) => pattern.includes(":"));
    const router = routerOf(...patterns);
    const urlPatterns = patterns.map((pathname) => new URLPattern({ pathname }));
    for (let i = 0; i < 20; i++) {
      const path = Array.from({ length: 1 + random(4) }, () => `/${pick(pathParts)}`).join("");
      const expected = patterns[
        urlPatterns.findIndex((pattern) => pattern.test({ pathname: path }))
      ];
      assert.equal(router.match(path)?.value, expected, `${path} in ${patterns}`);
      if (expected !== undefined) matches++;
    }
  }
  assert.ok(matches > 200, `only ${matches} matches`);
});
