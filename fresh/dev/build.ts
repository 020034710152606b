import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileFacts, Manifest } from "../production.ts";
import { BOOT, BUILD_ID_PLACEHOLDER, type Bundle, SIGNALS } from "./bundle.ts";
import { contentType } from "./content_type.ts";
import type { ProjectFiles } from "./crawl.ts";

/** A finished build: what is written down, and every static file's bytes by URL path. */
export interface Build {
  manifest: Manifest;
  contents: Map<string, Uint8Array<ArrayBuffer>>;
}

/**
 * Put a build together.
 *
 * @param files The project's files; static ones are read.
 * @param bundle Its islands.
 */
export async function assemble(files: ProjectFiles, bundle: Bundle): Promise<Build> {
  const statics = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, file] of files.statics) statics.set(path, await Deno.readFile(file));

  // The id follows from the contents: the same sources give the same build.
  const all = createHash("sha256");
  for (const [name, bytes] of [...statics, ...bundle.files]) all.update(`${name}\0`).update(bytes);
  const buildId = all.digest("hex").slice(0, 16);

  const scripts = `/_fresh/js/${buildId}`;
  const contents = new Map(statics);
  for (const [name, bytes] of bundle.files) {
    const text = new TextDecoder().decode(bytes).replaceAll(BUILD_ID_PLACEHOLDER, buildId);
    contents.set(`${scripts}/${name}`, new TextEncoder().encode(text));
  }
  const facts = Array.from(contents, ([path, bytes]): [string, FileFacts] => [path, {
    hash: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
    contentType: contentType(path),
    size: bytes.length,
    immutable: path.startsWith(`${scripts}/`),
  }]);
  const url = (name: string) => `${scripts}/${name}`;
  const preloads = Array.from(bundle.imports, ([name, imports]) => [url(name), imports.map(url)]);
  const islands = Array.from(files.islands.keys(), (name) => [name, url(`${name}.js`)]);
  return {
    contents,
    manifest: {
      buildId,
      islands: Object.fromEntries(islands),
      boot: url(`${BOOT}.js`),
      signals: url(`${SIGNALS}.js`),
      preloads: Object.fromEntries(preloads),
      files: Object.fromEntries(facts),
    },
  };
}

/** Write a build for `deno serve`, in the place of the one before. */
export async function writeBuild(
  build: Build,
  files: ProjectFiles,
  root: string,
  outDir: string,
): Promise<void> {
  await Deno.mkdir(outDir, { recursive: true });
  await Deno.remove(join(outDir, "static"), { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  for (const [path, bytes] of build.contents) {
    const file = join(outDir, "static", path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, bytes);
  }
  await Deno.writeTextFile(join(outDir, "manifest.json"), JSON.stringify(build.manifest, null, 1));
  await Deno.writeTextFile(join(outDir, "server.js"), serverSource(files, root, outDir));
}

function serverSource(files: ProjectFiles, root: string, outDir: string): string {
  const from = (file: string) => {
    const path = relative(outDir, file).replaceAll("\\", "/");
    return JSON.stringify(path.startsWith(".") ? path : `./${path}`);
  };
  const routes = [...files.routes];
  const islands = [...files.islands];
  const runtime = fileURLToPath(new URL("../production.ts", import.meta.url));
  return `// Written by the build. Run it with: deno serve -A server.js
import { startProduction } from ${from(runtime)};
import { app } from ${from(join(root, "main.ts"))};
import manifest from "./manifest.json" with { type: "json" };
${routes.map(([, file], i) => `import * as route${i} from ${from(file)};`).join("\n")}
${islands.map(([, file], i) => `import * as island${i} from ${from(file)};`).join("\n")}

const routes = [
${routes.map(([id], i) => `  { id: ${JSON.stringify(id)}, module: route${i} },`).join("\n")}
];
const islands = {
${islands.map(([name], i) => `  ${name}: island${i},`).join("\n")}
};
const root = new URL(${JSON.stringify(`./${relative(outDir, root)}/`)}, import.meta.url).pathname;
const directory = { root, files: \`\${import.meta.dirname}/static\` };

export default { fetch: startProduction(app, manifest, { routes, islands }, directory) };
`;
}
