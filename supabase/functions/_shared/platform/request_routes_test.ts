import assert from "node:assert/strict";
import { functionRoute, siteRoute, UNKNOWN_ROUTE } from "./request_routes.ts";

const ID = "7b0f3c52-9f0c-4f0e-9a58-3f3a4a0b1c2d";
const TOKEN = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE";

Deno.test("functionRoute() keeps words and leaves ids and keys out", () => {
  for (
    const [path, status, route] of [
      ["/paddle-webhook", 200, "paddle-webhook"],
      ["/paddle-webhook/replay", 403, "paddle-webhook/replay"],
      ["/cron/dunning", 200, "cron/dunning"],
      [`/documents/${ID}`, 200, "documents/:id"],
      [`/documents/${ID}/download`, 404, "documents/:id/download"],
      [`/documents/share/${TOKEN}/3`, 200, "documents/share/:key/:number"],
      [`/auth/reset-password/${TOKEN}`, 302, "auth/reset-password/:key"],
      ["/auth/reset-password/abc", 302, "auth/reset-password/:key"],
      ["/cron/whatever-it-is", 404, UNKNOWN_ROUTE],
      ["/", 404, UNKNOWN_ROUTE],
    ] as const
  ) assert.equal(functionRoute(path, status), route, path);
});

Deno.test("siteRoute() goes by Fresh's pattern, and by its own list for what is passed on", () => {
  for (
    const [path, pattern, status, route] of [
      ["/api/claims", "/api/claims", 200, "/api/claims"],
      [`/api/documents/${ID}/download`, "/api/*", 404, "/api/documents/:id/download"],
      [`/api/documents/share/${TOKEN}/12`, "/api/*", 200, "/api/documents/share/:token/:number"],
      ["/api/webhooks/paddle", "/api/*", 200, "/api/webhooks/paddle"],
      [`/api/auth/reset-password/${TOKEN}`, "/api/*", 302, "/api/auth/reset-password/:token"],
      ["/api/cron/made-up", "/api/*", 404, UNKNOWN_ROUTE],
      ["/api/wp-admin/setup.php", "/api/*", 404, UNKNOWN_ROUTE],
      [`/sq/member/claims/${ID}`, "/:locale/member/claims/:id", 200, "/:locale/member/claims/:id"],
      ["/styles/base.css", null, 200, "(file)"],
      ["/styles/base.css", "/*", 304, "(file)"],
      ["/styles/nothing.css", null, 404, UNKNOWN_ROUTE],
      ["/any/thing", "/*", 404, UNKNOWN_ROUTE],
    ] as const
  ) assert.equal(siteRoute(path, pattern, status), route, path);
});
