/**
 * Storage's bytes as files: the adapter that the embedded Storage service writes through.
 *
 * An object lies in a folder of its own, `<base>/<bucket>/<key>/`, so that the keys `a` and `a/b`
 * do not get in each other's way. Bytes stream both ways.
 */
import { createHash } from "node:crypto";
import { join, sep } from "node:path";
import type { App } from "@supabase/lite";

type Adapter = NonNullable<App["_storageAdapter"]>;
type Metadata = Awaited<ReturnType<Adapter["headObject"]>>;

interface Kept {
  readonly mimetype: string;
  readonly cacheControl: string;
  readonly eTag: string;
  readonly size: number;
}

const BYTES = ".bytes";
const FACTS = ".facts.json";

/** The error that the Storage service turns into its "object not found". */
class ObjectNotFound extends Error {
  override readonly name = "ObjectNotFound";
  readonly code = "ENOENT";
  readonly httpStatusCode = 404;
}

/**
 * An adapter that keeps objects under a folder.
 *
 * @param base Absolute folder; made when needed.
 * @returns The adapter.
 */
export function storageFiles(base: string): Adapter {
  function folder(bucket: string, key: string): string {
    const path = join(base, bucket, key);
    if (!path.startsWith(join(base, bucket) + sep) || key.includes("\0")) {
      throw new ObjectNotFound(`No object ${bucket}/${key}`);
    }
    return path;
  }

  async function facts(
    bucket: string,
    key: string,
  ): Promise<{ path: string; kept: Kept; at: Date }> {
    const path = folder(bucket, key);
    try {
      const kept = JSON.parse(await Deno.readTextFile(join(path, FACTS))) as Kept;
      const { mtime } = await Deno.stat(join(path, BYTES));
      return { path, kept, at: mtime ?? new Date(0) };
    } catch (error) {
      if (isMissing(error)) throw new ObjectNotFound(`No object ${bucket}/${key}`);
      throw error;
    }
  }

  function describe(kept: Kept, at: Date): Metadata {
    return {
      cacheControl: kept.cacheControl,
      contentLength: kept.size,
      size: kept.size,
      mimetype: kept.mimetype,
      lastModified: at,
      eTag: kept.eTag,
    };
  }

  async function remove(bucket: string, key: string): Promise<void> {
    const path = folder(bucket, key);
    for (const name of [FACTS, BYTES]) await Deno.remove(join(path, name)).catch(ignoreMissing);
  }

  return {
    driver: { kind: "files", base },

    async getObject(bucket, key, _version, headers) {
      const { path, kept, at } = await facts(bucket, key);
      const metadata = describe(kept, at);
      const since = headers?.ifModifiedSince;
      if (headers?.ifNoneMatch === kept.eTag || (since !== undefined && at <= new Date(since))) {
        return { httpStatusCode: 304, metadata };
      }
      const range = parseRange(headers?.range, kept.size);
      const file = await Deno.open(join(path, BYTES), { read: true });
      if (range === undefined) {
        return { httpStatusCode: 200, metadata, body: file.readable };
      }
      await file.seek(range.start, Deno.SeekMode.Start);
      const length = range.end - range.start + 1;
      return {
        httpStatusCode: 206,
        metadata: {
          ...metadata,
          contentLength: length,
          contentRange: `bytes ${range.start}-${range.end}/${kept.size}`,
        },
        body: file.readable.pipeThrough(firstBytes(length)),
      };
    },

    async uploadObject(bucket, key, _version, body, contentType, cacheControl) {
      const path = folder(bucket, key);
      await Deno.mkdir(path, { recursive: true });
      const draft = join(path, `.draft-${crypto.randomUUID()}`);
      const digest = createHash("md5");
      let size = 0;
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          digest.update(chunk);
          size += chunk.byteLength;
          controller.enqueue(chunk);
        },
      });
      const file = await Deno.open(draft, { write: true, createNew: true });
      try {
        await asStream(body).pipeThrough(count).pipeTo(file.writable);
      } catch (error) {
        await Deno.remove(draft).catch(ignoreMissing);
        throw error;
      }
      const kept: Kept = {
        mimetype: contentType,
        cacheControl,
        eTag: `"${digest.digest("hex")}"`,
        size,
      };
      await Deno.rename(draft, join(path, BYTES));
      await Deno.writeTextFile(join(path, FACTS), JSON.stringify(kept));
      return { ...describe(kept, new Date()), httpStatusCode: 200 };
    },

    deleteObject: (bucket, key) => remove(bucket, key),

    async deleteObjects(bucket, keys) {
      for (const key of keys) await remove(bucket, key);
    },

    async copyObject(fromBucket, fromKey, _version, toBucket, toKey) {
      const { path, kept } = await facts(fromBucket, fromKey);
      const target = folder(toBucket, toKey);
      await Deno.mkdir(target, { recursive: true });
      await Deno.copyFile(join(path, BYTES), join(target, BYTES));
      await Deno.writeTextFile(join(target, FACTS), JSON.stringify(kept));
      return { httpStatusCode: 200, eTag: kept.eTag, lastModified: new Date() };
    },

    async headObject(bucket, key) {
      const { kept, at } = await facts(bucket, key);
      return describe(kept, at);
    },

    async privateAssetUrl(bucket, key) {
      const { path } = await facts(bucket, key);
      return `file://${join(path, BYTES)}`;
    },
  };
}

function asStream(body: Parameters<Adapter["uploadObject"]>[3]): ReadableStream<Uint8Array> {
  if (body instanceof Uint8Array) return new Blob([Uint8Array.from(body)]).stream();
  // Node's web streams are the platform's own under Deno; only their types differ.
  return body as unknown as ReadableStream<Uint8Array>;
}

function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const match = header?.match(/^bytes=(\d+)-(\d*)$/);
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return start <= end ? { start, end } : undefined;
}

function firstBytes(length: number): TransformStream<Uint8Array, Uint8Array> {
  let left = length;
  return new TransformStream({
    transform(chunk, controller) {
      if (left > 0) controller.enqueue(chunk.subarray(0, left));
      left -= chunk.byteLength;
      if (left <= 0) controller.terminate();
    },
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
