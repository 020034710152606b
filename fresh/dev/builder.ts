import { extname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { App, applySnapshot } from "../app.ts";
import { createSnapshot, type Modules } from "../production.ts";
import type { Snapshot, StaticFile } from "../snapshot.ts";
import { assemble, type Build, writeBuild } from "./build.ts";
import { bundleIslands } from "./bundle.ts";
import { contentType } from "./content_type.ts";
import { crawl, isVisible, type ProjectFiles, type ProjectFolders } from "./crawl.ts";
import { LIVE_PATH, liveResponse, liveScript } from "./live_reload.ts";

/** Options of `new Builder()`. Paths are relative to `root`. */
export interface BuildOptions {
  /** What browsers must understand, in esbuild's words. */
  target?: string | string[];
  /** Directory of the project; the working directory when left out. */
  root?: string;
  /** Where builds are written. */
  outDir?: string;
  staticDir?: string;
  islandDir?: string;
  routeDir?: string;
  /** Files below routes and islands to leave out; tests when left out. */
  ignore?: RegExp[];
}

type Mode = "development" | "production";
type Islands = Modules["islands"];

/** Builds an application and runs it while it is developed. */
export class Builder {
  /** The options with everything filled in, paths absolute. */
  readonly config: ProjectFolders & { root: string; outDir: string; target: string | string[] };

  /** @param options Where things are, and for which browsers to build. */
  constructor(options: BuildOptions = {}) {
    const root = resolve(options.root ?? ".");
    const inRoot = (path: string) => isAbsolute(path) ? path : join(root, path);
    this.config = {
      root,
      target: options.target ?? ["chrome99", "firefox99", "safari15"],
      outDir: inRoot(options.outDir ?? "_fresh"),
      staticDir: inRoot(options.staticDir ?? "static"),
      islandDir: inRoot(options.islandDir ?? "islands"),
      routeDir: inRoot(options.routeDir ?? "routes"),
      ignore: options.ignore ?? [/[._]test\.[jt]sx?$/],
    };
  }

  /**
   * Build, and serve for development. Run it with
   * `deno run -A --watch=routes/,islands/,static/ dev.ts`: Deno starts it anew on changes, and open
   * pages reload.
   *
   * @param importApp Imports `main.ts`.
   * @param options Port and the like, port 8000 when left out.
   */
  async listen<State>(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: Partial<Deno.ServeTcpOptions> = {},
  ): Promise<void> {
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    const { files, islands, build } = await this.#build("development");
    const modules = { islands, routes: await importRoutes(files) };
    const { basePath } = app.config;
    const snapshot = createSnapshot(app, build.manifest, modules, this.config.root, (path) => {
      const script = build.contents.get(path);
      if (script !== undefined && !files.statics.has(path)) return fileInMemory(path, script, null);
      return this.#staticOnDisk(path);
    });
    applySnapshot(app, {
      ...snapshot,
      mode: "development",
      bodyEnd: (nonce) => liveScript(nonce, basePath),
    });
    const handler = app.handler();
    const server = Deno.serve({ port: 8000, ...options }, (request, info) => {
      const isLive = new URL(request.url).pathname === `${basePath}${LIVE_PATH}`;
      return isLive ? liveResponse() : handler(request, info);
    });
    await server.finished;
  }

  /**
   * Build for production: into the output directory, where `deno serve -A _fresh/server.js` runs it,
   * or into memory, for tests. Only islands are imported, unless the build stays in memory.
   *
   * @returns Lets an application use the build; route files only if it is in memory.
   */
  async build(
    options: { mode?: Mode; snapshot?: "disk" | "memory" } = {},
  ): Promise<<State>(app: App<State>) => void> {
    const { mode = "production" } = options;
    const { files, islands, build } = await this.#build(mode);
    const inMemory = options.snapshot === "memory";
    if (!inMemory) await writeBuild(build, files, this.config.root, this.config.outDir);
    const modules = { islands, routes: inMemory ? await importRoutes(files) : [] };
    return (app) => {
      const find: Snapshot["file"] = (path) => {
        const bytes = build.contents.get(path);
        return bytes === undefined ? null : fileInMemory(path, bytes, build);
      };
      const snapshot = createSnapshot(app, build.manifest, modules, this.config.root, find);
      applySnapshot(app, { ...snapshot, mode });
    };
  }

  async #build(mode: Mode): Promise<{ files: ProjectFiles; islands: Islands; build: Build }> {
    const files = await crawl(this.config);
    // Imported first: bundling asks Deno where the packages are that islands use.
    const islands = Array.from(files.islands, async ([name, file]) => {
      return [name, await importFile(file)] as const;
    });
    const imported = Object.fromEntries(await Promise.all(islands));
    const { root, target } = this.config;
    const bundle = await bundleIslands(files.islands, { root, target, mode });
    return { files, islands: imported, build: await assemble(files, bundle) };
  }

  /** A static file as it is now. */
  async #staticOnDisk(path: string): Promise<StaticFile | null> {
    const parts = path.split("/").slice(1);
    const safe = parts.every((part) => part !== "" && !/[\\\0]/.test(part) && isVisible(part));
    if (!safe || extname(path) === "") return null;
    const file = join(this.config.staticDir, ...parts);
    try {
      const { isFile, size } = await Deno.lstat(file);
      if (!isFile) return null;
      const read = () => Deno.readFile(file);
      return { hash: null, contentType: contentType(path), immutable: false, size, read };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}

async function importRoutes(files: ProjectFiles): Promise<Modules["routes"]> {
  return await Promise.all(Array.from(files.routes, async ([id, file]) => {
    return { id, module: await importFile(file) };
  }));
}

function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

function fileInMemory(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  build: Build | null,
): StaticFile {
  const facts = build?.manifest.files[path];
  return {
    hash: facts?.hash ?? null,
    immutable: facts?.immutable ?? false,
    contentType: contentType(path),
    size: bytes.length,
    read: () => Promise.resolve(bytes),
  };
}
