/** The checkout's texts, and what its history ever added. */
import { join } from "node:path";
import { ROOT } from "../settings.ts";
import { run } from "../system.ts";
import type { Tree } from "./rule.ts";

/** Files that are no text of ours. */
const BINARY = /\.(?:png|jpe?g|webp|heic|ico|woff2?|pdf|gz|zip|wasm)$/;

/**
 * Every text that is in git, or would be added to it.
 *
 * @param root The checkout; without git, all of the folder.
 */
export async function readTree(root: string = ROOT): Promise<Tree> {
  const listed = await git(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  const paths = listed === null
    ? await Array.fromAsync(walk(root, ""))
    : listed.split("\0").filter((path) => path !== "");
  const tree = new Map<string, string>();
  for (const path of paths) {
    if (BINARY.test(path)) continue;
    try {
      tree.set(path, await Deno.readTextFile(join(root, path)));
    } catch (error) {
      // Deleted and not committed yet, or a link to a folder.
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory)) {
        throw error;
      }
    }
  }
  return tree;
}

/** A line that some commit added. */
export interface AddedLine {
  readonly commit: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Every line that any commit of any branch added, with the commit's short name.
 *
 * @param root The checkout.
 * @returns The lines, or null where there is no history to look at.
 */
export async function readHistory(root: string = ROOT): Promise<readonly AddedLine[] | null> {
  const log = await git(root, [
    "log",
    "--all",
    "--patch",
    "--unified=0",
    "--no-color",
    "--no-ext-diff",
    "--no-renames",
    "--format=commit %h",
  ]);
  if (log === null) return null;
  const lines: AddedLine[] = [];
  let [commit, path] = ["", ""];
  for (const line of log.split("\n")) {
    if (line.startsWith("commit ")) commit = line.slice(7);
    else if (line.startsWith("+++ ")) path = line.slice(4).replace(/^b\//, "");
    else if (line.startsWith("+")) lines.push({ commit, path, text: line.slice(1) });
  }
  return lines;
}

async function git(root: string, args: readonly string[]): Promise<string | null> {
  try {
    const { code, stdout } = await run(["git", "-C", root, ...args]);
    return code === 0 ? stdout : null;
  } catch (error) {
    // No git on this machine.
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function* walk(root: string, folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    if (/^(?:\.git|\.local.*|node_modules|_fresh|coverage)$/.test(name)) continue;
    if (isDirectory) yield* walk(root, join(folder, name));
    else yield join(folder, name);
  }
}
