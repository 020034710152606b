/** Opens a backup and compares every byte of it with its manifest before anything is done with it. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DUMP, FORMAT, MANIFEST, Manifest, Refused } from "./manifest.ts";
import { digest } from "./create.ts";
import { BrokenTar, readTar } from "./tar.ts";

/** A backup whose content is what its manifest says. */
export interface Unpacked {
  readonly manifest: Manifest;
  /** Where the file of an entry lies. */
  pathOf(entry: string): string;
}

/**
 * Unpacks a backup into a folder.
 *
 * @param file The backup.
 * @param folder An empty folder that only we can read.
 * @param wanted The file's SHA-256, if it was kept apart from it.
 * @throws {Refused} If it is not whole, or not what its manifest says.
 */
export async function unpack(file: string, folder: string, wanted?: string): Promise<Unpacked> {
  if (wanted !== undefined && (await digest(file)).sha256 !== wanted) {
    throw new Refused(`${file} is not the file with the SHA-256 that was given.`);
  }
  const seen = await extract(file, folder);
  const manifest = await readManifest(join(folder, MANIFEST));
  compare(file, manifest, seen);
  return { manifest, pathOf: (entry) => join(folder, entry) };
}

type Seen = ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }>;

async function extract(file: string, folder: string): Promise<Seen> {
  const seen = new Map<string, { bytes: number; sha256: string }>();
  const source = await Deno.open(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw new Refused(`There is no file ${file}.`);
    throw error;
  });
  try {
    await Deno.mkdir(join(folder, "files"), { mode: 0o700 });
    for await (const { name, body } of readTar(source)) {
      // Nothing that a tar may be called leads out of the folder.
      if (!/^(?:database\.dump|manifest\.json|files\/\d{7})$/.test(name) || seen.has(name)) {
        throw new Refused(`${file} is damaged: "${name}" does not belong into a backup.`);
      }
      const hash = createHash("sha256");
      let bytes = 0;
      const out = await Deno.open(join(folder, name), {
        write: true,
        createNew: true,
        mode: 0o600,
      });
      try {
        for await (const chunk of body) {
          hash.update(chunk);
          bytes += chunk.byteLength;
          for (let at = 0; at < chunk.byteLength;) at += await out.write(chunk.subarray(at));
        }
      } finally {
        out.close();
      }
      seen.set(name, { bytes, sha256: hash.digest("hex") });
    }
  } catch (error) {
    if (error instanceof BrokenTar) throw new Refused(`${file} is damaged: ${error.message}.`);
    throw error;
  } finally {
    source.close();
  }
  return seen;
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await Deno.readTextFile(path).catch(() => "null");
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Said below, like everything else that is no manifest.
  }
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format !== FORMAT) {
    throw new Refused(`The backup has format ${format}; this version reads format ${FORMAT}.`);
  }
  const parsed = Manifest.safeParse(json);
  if (!parsed.success) throw new Refused("The backup has no manifest that can be read.");
  return parsed.data;
}

function compare(file: string, manifest: Manifest, seen: Seen): void {
  const wanted = new Map(manifest.files.map((one) => [one.entry, one] as const));
  const all = [[DUMP, manifest.database] as const, ...wanted];
  for (const [name, { bytes, sha256 }] of all) {
    const found = seen.get(name);
    if (found === undefined) throw new Refused(`${file} is damaged: ${name} is missing.`);
    if (found.bytes !== bytes || found.sha256 !== sha256) {
      throw new Refused(`${file} is damaged: ${name} is not what its checksum says.`);
    }
  }
  for (const name of seen.keys()) {
    if (name !== MANIFEST && name !== DUMP && !wanted.has(name)) {
      throw new Refused(`${file} is damaged: the manifest does not know ${name}.`);
    }
  }
}

/** A folder beside the file for what is unpacked, where there is room for it as well. */
export function workFolder(beside: string): Promise<string> {
  return Deno.makeTempDir({ dir: dirname(beside), prefix: ".restore-" });
}
