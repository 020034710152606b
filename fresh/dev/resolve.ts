import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const BY_ESBUILD = Symbol("resolved by esbuild");

/**
 * Lets esbuild find modules where Deno does: through the import map, and npm packages in Deno's cache.
 *
 * Deno finds the package, esbuild the file in it, because browsers need another one (`exports` under
 * the conditions `browser` and `import`) than the server.
 */
export function denoResolver(): Plugin {
  return {
    name: "deno-resolver",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === BY_ESBUILD || args.kind === "entry-point") return undefined;
        try {
          return await resolve(build, args);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          return { errors: [{ text: `Cannot bundle "${args.path}" for the browser: ${reason}` }] };
        }
      });
    },
  };
}

async function resolve(
  build: PluginBuild,
  args: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  const { path, importer } = args;
  const isRelative = /^\.{0,2}\//.test(path);
  const inPackage = packageOf(importer) !== null;
  if (isRelative && inPackage) return undefined;
  if (isRelative) return { path: fileURLToPath(new URL(path, pathToFileURL(importer))) };

  // One Preact for the whole page, whatever copies packages bring along.
  const isPreact = path === "preact" || path.startsWith("preact/");
  if (inPackage && !isPreact) {
    return await resolveInPackage(build, path, createRequire(importer).resolve(path));
  }
  const url = import.meta.resolve(path);
  if (!url.startsWith("file:")) {
    throw new Error(`${url} is not a file; is it imported by the server?`);
  }
  const file = fileURLToPath(url);
  return packageOf(file) === null ? { path: file } : await resolveInPackage(build, path, file);
}

/** Resolve a specifier as its own package would: by its `exports`. */
async function resolveInPackage(
  build: PluginBuild,
  specifier: string,
  file: string,
): Promise<OnResolveResult> {
  const found = packageOf(file);
  if (found === null) throw new Error(`${file} is in no package`);
  const subpath = specifier.split("/").slice(specifier.startsWith("@") ? 2 : 1).join("/");
  const own = subpath === "" ? found.name : `${found.name}/${subpath}`;
  const { path, errors, sideEffects } = await build.resolve(own, {
    resolveDir: found.directory,
    kind: "import-statement",
    pluginData: BY_ESBUILD,
  });
  // A package without `exports` cannot be asked by its own name.
  return errors.length === 0 ? { path, sideEffects } : { path: file };
}

const NAME = String.raw`(?<name>(?:@[^\\/]+[\\/])?[^\\/]+)`;
const IN_CACHE = new RegExp(String.raw`^.*[\\/]npm[\\/][^\\/]+[\\/]${NAME}[\\/]\d[^\\/]*(?=[\\/])`);
const IN_NODE_MODULES = new RegExp(String.raw`^.*[\\/]node_modules[\\/]${NAME}(?=[\\/])`);

/** The npm package a file is in, null for the project's own files. */
function packageOf(file: string): { name: string; directory: string } | null {
  const match = IN_NODE_MODULES.exec(file) ?? IN_CACHE.exec(file);
  if (match === null || !existsSync(join(match[0], "package.json"))) return null;
  return { name: (match.groups?.name ?? "").replaceAll("\\", "/"), directory: match[0] };
}
