import * as esbuild from "esbuild";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { denoResolver } from "./resolve.ts";

/** Scripts for the browser. */
export interface Bundle {
  /** Contents by file name. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Files a file imports, directly or not, by name. */
  imports: Map<string, string[]>;
}

/** Options of {@linkcode bundleIslands}. */
export interface BundleOptions {
  root: string;
  target: string | string[];
  mode: "development" | "production";
}

/** Name of the script that starts islands. */
export const BOOT = "fresh-boot";

/** Name of the script that starts signals, for pages whose islands take some. */
export const SIGNALS = "fresh-signals";

/** Stands for the build's id, which is only known when everything is built. */
export const BUILD_ID_PLACEHOLDER = "__FRESH_BUILD_ID__";

/**
 * Bundle islands, what they share in files of its own.
 *
 * @param islands Files by name.
 * @throws Error when esbuild cannot bundle them.
 */
export async function bundleIslands(
  islands: ReadonlyMap<string, string>,
  options: BundleOptions,
): Promise<Bundle> {
  if (islands.size === 0) return { files: new Map(), imports: new Map() };
  const isDevelopment = options.mode === "development";
  const result = await esbuild.build({
    absWorkingDir: options.root,
    bundle: true,
    define: {
      "process.env.NODE_ENV": JSON.stringify(options.mode),
      __FRESH_BUILD_ID__: JSON.stringify(BUILD_ID_PLACEHOLDER),
    },
    entryNames: "[name]",
    chunkNames: "shared-[hash]",
    entryPoints: {
      [BOOT]: fileURLToPath(new URL("../client/boot.ts", import.meta.url)),
      [SIGNALS]: fileURLToPath(new URL("../client/signals.ts", import.meta.url)),
      ...Object.fromEntries(islands),
    },
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
    metafile: true,
    minify: !isDevelopment,
    outdir: "out",
    platform: "browser",
    plugins: [denoResolver()],
    sourcemap: isDevelopment ? "inline" : false,
    splitting: true,
    target: options.target,
    write: false,
  });
  await esbuild.stop();

  const files = result.outputFiles.map(({ path, contents }) => [basename(path), contents] as const);
  const direct = new Map(
    Object.entries(result.metafile.outputs).map(([path, { imports }]) => [
      basename(path),
      imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => basename(path)),
    ]),
  );
  return {
    files: new Map(files as [string, Uint8Array<ArrayBuffer>][]),
    imports: new Map(Array.from(direct.keys(), (name) => [name, reachable(direct, name)])),
  };
}

function reachable(direct: ReadonlyMap<string, string[]>, from: string): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const next of direct.get(name) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(from);
  return [...found];
}
