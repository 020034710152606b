import { Builder } from "fresh/dev";

const builder = new Builder({
  root: import.meta.dirname ?? ".",
  outDir: Deno.env.get("OUT_DIR") ?? "_fresh",
});
if (Deno.args.includes("build")) await builder.build();
else {await builder.listen(() => import("./main.ts"), {
    port: Number(Deno.env.get("PORT") ?? 8000),
  });}
