import { basename, join, relative } from "node:path";

/** Directories and rules of a project, all paths absolute. */
export interface ProjectFolders {
  routeDir: string;
  islandDir: string;
  staticDir: string;
  /** Files to leave out. */
  ignore: readonly RegExp[];
}

/** What a project consists of. */
export interface ProjectFiles {
  /** Files of routes by id, such as `/(site)/[locale]/index`. */
  routes: Map<string, string>;
  /** Files of islands by name, an identifier. */
  islands: Map<string, string>;
  /** Static files by URL path, not encoded. */
  statics: Map<string, string>;
}

const MODULE = /\.(tsx?|jsx?)$/;

/** Find a project's routes, islands and static files. */
export async function crawl(folders: ProjectFolders): Promise<ProjectFiles> {
  const isModule = (path: string) =>
    MODULE.test(path) && !folders.ignore.some((pattern) => pattern.test(path));

  const routes = new Map<string, string>();
  const islandFiles = (await walk(folders.islandDir)).filter(isModule);
  for (const file of (await walk(folders.routeDir)).filter(isModule)) {
    const id = `/${relative(folders.routeDir, file).replaceAll("\\", "/").replace(MODULE, "")}`;
    const local = /\/\((_[^/]*)\)\//.exec(id)?.[1];
    if (local === undefined) routes.set(id, file);
    else if (local === "_islands") islandFiles.push(file);
  }

  const islands = new Map<string, string>();
  for (const file of islandFiles) {
    const name = identifier(basename(file).replace(MODULE, ""));
    let unique = name;
    for (let i = 2; islands.has(unique); i++) unique = `${name}_${i}`;
    islands.set(unique, file);
  }

  const statics = new Map<string, string>();
  for (const file of await walk(folders.staticDir)) {
    statics.set(`/${relative(folders.staticDir, file).replaceAll("\\", "/")}`, file);
  }
  return { routes, islands, statics };
}

/** Whether a name is served or read: nothing hidden but `.well-known`. */
export function isVisible(name: string): boolean {
  return !name.startsWith(".") || name === ".well-known";
}

/** All files below a directory, sorted; no hidden ones, no links. */
async function walk(directory: string): Promise<string[]> {
  const files: string[] = [];
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(directory));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return files;
    throw error;
  }
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!isVisible(entry.name)) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory) files.push(...await walk(path));
    else if (entry.isFile) files.push(path);
  }
  return files;
}

function identifier(name: string): string {
  const pascal = name.replace(/(?:^|[^A-Za-z0-9_$]+)(\w?)/g, (_, first) => first.toUpperCase());
  return /^[A-Za-z_$]/.test(pascal) ? pascal : `_${pascal}`;
}
