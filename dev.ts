/**
 * Serves the site from source and reloads the browser on change; with `build`, makes the production
 * build in `_fresh/`, or in the folder that `BUILD_DIR` names.
 *
 * @module
 */
import { Builder } from "fresh/dev";

const builder = new Builder({
  target: "safari16",
  outDir: Deno.env.get("BUILD_DIR") ?? "_fresh",
});

if (Deno.args.includes("build")) {
  await builder.build();
} else {
  await builder.listen(() => import("./main.ts"), {
    hostname: "127.0.0.1",
    port: Number(Deno.env.get("PORT") ?? 8000),
  });
}
