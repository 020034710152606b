/**
 * Runs a built application; `_fresh/server.js` imports it.
 *
 * @module
 */
import { type App, applySnapshot } from "./app.ts";
import { build } from "./shared.ts";
import type { Island, RouteModule, Snapshot, StaticFile } from "./snapshot.ts";

/** What a build writes down. */
export interface Manifest {
  buildId: string;
  /** URL paths of islands by name. */
  islands: Record<string, string>;
  /** URL path of the script that starts islands. */
  boot: string;
  /** URL path of the script that signals need. */
  signals: string;
  /** What a script imports, by URL path. */
  preloads: Record<string, string[]>;
  files: Record<string, FileFacts>;
}

/** A static file in the {@linkcode Manifest}. */
export interface FileFacts {
  hash: string;
  contentType: string;
  size: number;
  immutable: boolean;
}

/** Modules the server runs, as imported. */
export interface Modules {
  routes: readonly RouteModule[];
  /** By name. */
  islands: Readonly<Record<string, unknown>>;
}

/** Bytes a file may have to be kept in memory once it has been read. */
const KEPT_IN_MEMORY = 512 * 1024;

/**
 * The function that answers an application's requests.
 *
 * @param app The application, as `main.ts` exports it.
 * @param manifest What was built.
 * @param modules Routes and islands.
 * @param directory Where the built files are.
 */
export function startProduction<State>(
  app: App<State>,
  manifest: Manifest,
  modules: Modules,
  directory: { root: string; files: string },
): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
  const files = new Map(
    Object.entries(manifest.files).map(([path, facts]) => {
      return [path, fileOnDisk(facts, `${directory.files}${path}`)];
    }),
  );
  const find = (path: string) => files.get(path) ?? null;
  applySnapshot(app, createSnapshot(app, manifest, modules, directory.root, find));
  return app.handler();
}

/** Put together what is known of a built application. */
export function createSnapshot<State>(
  app: App<State>,
  manifest: Manifest,
  modules: Modules,
  root: string,
  file: Snapshot["file"],
): Snapshot {
  build.id = manifest.buildId;
  const url = (path: string) => `${app.config.basePath}${path}`;
  const islands = new Map<unknown, Island>();
  for (const [name, path] of Object.entries(manifest.islands)) {
    for (const [exportName, component] of Object.entries(modules.islands[name] ?? {})) {
      if (typeof component !== "function") continue;
      const unique = exportName === "default" ? name : `${name}_${exportName}`;
      islands.set(component, { name: unique, exportName, url: url(path), component });
    }
  }
  const preloads = Object.entries(manifest.preloads).map(([path, others]) => {
    return [url(path), others.map(url)] as const;
  });
  return {
    buildId: manifest.buildId,
    root,
    mode: "production",
    routes: modules.routes,
    islands,
    bootUrl: url(manifest.boot),
    signalsUrl: url(manifest.signals),
    preloads: Object.fromEntries(preloads),
    file,
  };
}

/** A file of a build, read when it is first asked for. */
function fileOnDisk(facts: FileFacts, path: string): StaticFile {
  let kept: Promise<Uint8Array<ArrayBuffer>> | null = null;
  return {
    ...facts,
    read() {
      if (facts.size > KEPT_IN_MEMORY) return Deno.open(path).then((file) => file.readable);
      return kept ??= Deno.readFile(path);
    },
  };
}
