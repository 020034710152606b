import assert from "node:assert/strict";
import { patternOf, readFsRoutes } from "./fs_routes.ts";

const page = { default: () => null };

Deno.test("patternOf() makes patterns of file names", () => {
  assert.equal(patternOf("/index"), "/");
  assert.equal(patternOf("/(site)/index"), "/");
  assert.equal(patternOf("/(site)/[locale]/(public)/index"), "/:locale");
  assert.equal(patternOf("/[locale]/claims/[id]"), "/:locale/claims/:id");
  assert.equal(patternOf("/docs/[...path]"), "/docs/:path*");
  assert.equal(patternOf("/docs/[[version]]"), "/docs{/:version}?");
  assert.equal(patternOf("/[name]-[id]"), "/:name-:id");
});

Deno.test("patternOf() refuses names that mean nothing", () => {
  assert.throws(() => patternOf("/[a][b]"), SyntaxError);
  assert.throws(() => patternOf("/[a"), SyntaxError);
});

Deno.test("readFsRoutes() puts what applies to folders first, then specific routes first", () => {
  const ids = [
    "/[...path]",
    "/[locale]/[page]",
    "/[locale]/about",
    "/(site)/[locale]/_layout",
    "/api/health",
    "/_app",
    "/index",
  ];
  const modules = ids.map((id) => ({ id, module: page }));
  const items = readFsRoutes(modules);
  assert.deepEqual(items.map((item) => item.kind === "route" ? item.pattern : item.kind), [
    "app",
    "layout",
    "/api/health",
    "/",
    "/:locale/about",
    "/:locale/:page",
    "/:path*",
  ]);
});

Deno.test("readFsRoutes() names the file that lacks an export", () => {
  const read = (id: string, module: unknown) => () => readFsRoutes([{ id, module }]);
  assert.throws(read("/a", {}), /routes\/a must export a handler or a page/);
  assert.throws(read("/_layout", {}), /routes\/_layout must export a component/);
  assert.throws(
    read("/_middleware", { handler: {} }),
    /routes\/_middleware must export a function/,
  );
  assert.throws(read("/a", { handler: [] }), /routes\/a must export one handler/);
});

Deno.test("readFsRoutes() lets a route choose its own pattern", () => {
  const module = { ...page, config: { routeOverride: "/x/:id(\\d+)" } };
  const [item] = readFsRoutes([{ id: "/a", module }]);
  assert.equal(item?.kind === "route" && item.pattern, "/x/:id(\\d+)");
});
