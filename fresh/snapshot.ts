import type { ComponentType, VNode } from "preact";

/** A module below `routes/`, under its path there without extension: `/(site)/[locale]/index`. */
export interface RouteModule {
  id: string;
  module: unknown;
}

/** A component that the browser takes over. */
export interface Island {
  /** Unique; a JavaScript identifier. */
  name: string;
  /** Its name among its module's exports. */
  exportName: string;
  /** URL path of the module that holds it. */
  url: string;
  component: ComponentType<Record<string, unknown>>;
}

/** A file that `staticFiles()` serves. */
export interface StaticFile {
  /** Content hash, the etag. Null in development: read it each time. */
  hash: string | null;
  contentType: string;
  /** May be kept by browsers for a year. */
  immutable: boolean;
  /** Bytes. */
  size: number;
  read(): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** What a build found out about an application. */
export interface Snapshot {
  /** Names this build in URLs that are cached for good. */
  buildId: string;
  root: string;
  mode: "development" | "production";
  routes: readonly RouteModule[];
  islands: ReadonlyMap<unknown, Island>;
  /** URL path of the script that starts islands. */
  bootUrl: string;
  /** URL path of the script that signals need. */
  signalsUrl: string;
  /** Modules a browser needs for a module, by URL path; that one not included. */
  preloads: Readonly<Record<string, readonly string[]>>;
  /** The static file at a decoded URL path. */
  file(path: string): StaticFile | null | Promise<StaticFile | null>;
  /** What a development server adds to the end of every body. */
  bodyEnd?(nonce: string): VNode;
}

/** The snapshot of an application that was not built: no files, routes or islands. */
export const EMPTY_SNAPSHOT: Snapshot = {
  buildId: "unbuilt",
  root: ".",
  mode: "production",
  routes: [],
  islands: new Map(),
  bootUrl: "",
  signalsUrl: "",
  preloads: {},
  file: () => null,
};
