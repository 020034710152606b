import { RUN } from "../context.ts";
import { ASSET_KEY } from "../shared.ts";
import type { StaticFile } from "../snapshot.ts";
import type { Middleware } from "../types.ts";

const FOR_A_YEAR = "public, max-age=31536000, immutable";

/**
 * Serve the files below `static/` and the built scripts. Place it after the middleware that sets
 * security headers.
 */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { req, url, config } = ctx;
    const { snapshot } = ctx[RUN];
    if (!url.pathname.startsWith(config.basePath)) return ctx.next();
    const path = decodePath(url.pathname.slice(config.basePath.length));
    const found = path === null ? null : snapshot.file(path);
    const file = found instanceof Promise ? await found : found;
    if (file === null) return ctx.next();
    if (req.method !== "GET" && req.method !== "HEAD") {
      return new Response("Method Not Allowed", { status: 405, headers: { allow: "GET, HEAD" } });
    }

    const key = url.searchParams.get(ASSET_KEY);
    if (key !== null && key !== snapshot.buildId) {
      // A page of another build asks: show it today's file, but not for a year.
      url.searchParams.delete(ASSET_KEY);
      return ctx.redirect(url.pathname + url.search, 307);
    }
    return await answer(req, file, key !== null || file.immutable, config.mode);
  };
}

async function answer(
  req: Request,
  file: StaticFile,
  immutable: boolean,
  mode: "development" | "production",
): Promise<Response> {
  const headers = new Headers({ "Content-Type": file.contentType });
  if (mode === "development") headers.set("Cache-Control", "no-store");
  else headers.set("Cache-Control", immutable ? FOR_A_YEAR : "no-cache");
  if (file.hash !== null) {
    headers.set("ETag", `W/"${file.hash}"`);
    const known = req.headers.get("If-None-Match");
    if (known !== null && known.includes(`"${file.hash}"`)) {
      return new Response(null, { status: 304, headers });
    }
  }
  if (req.method === "HEAD") {
    headers.set("Content-Length", String(file.size));
    return new Response(null, { headers });
  }
  return new Response(await file.read(), { headers });
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
