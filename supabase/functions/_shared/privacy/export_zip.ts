/**
 * The zip of a person's data: what is kept about them as JSON, and their files. Made while it is read;
 * one file is open at a time and nothing of it is held.
 */
import { makeZip } from "client-zip";
import type { OpenFile } from "@core/documents/storage.ts";
import { exportNames } from "./export_names.ts";
import type { ExportFile } from "./privacy_store.ts";

/** What goes into the zip. */
export interface ExportParts {
  /** All that is kept, as JSON. */
  readonly data: string;
  readonly files: readonly ExportFile[];
  readonly at: Date;
  /**
   * Opens a file as the person; null if they may not read it any more or it is not there. The signal
   * says that nobody reads on.
   */
  open(file: ExportFile, signal: AbortSignal): Promise<OpenFile | null>;
  /** Told of a file that could not be had; the zip goes on. */
  missed(file: ExportFile, cause?: unknown): void;
}

/**
 * Makes the zip.
 *
 * @param parts What goes into it.
 * @returns Its bytes, made as they are read. What could not be had is listed in `missing.txt`.
 */
export function exportZip(parts: ExportParts): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const reader = makeZip(entries(parts, gone.signal)).getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      // The library lets go of the file that is open, and does not close it.
      gone.abort(reason);
      await reader.cancel(reason).catch(() => {});
    },
  }, { highWaterMark: 0 });
}

async function* entries({ data, files, at, open, missed }: ExportParts, gone: AbortSignal) {
  yield { name: "data.json", lastModified: at, input: data };
  const names = exportNames(files);
  const missing: string[] = [];
  for (const [index, file] of files.entries()) {
    const name = names[index] ?? file.id;
    let opened: OpenFile | null = null;
    try {
      opened = await open(file, gone);
      if (opened === null) missed(file);
    } catch (cause) {
      missed(file, cause);
    }
    if (opened === null) missing.push(name);
    else yield { name, lastModified: file.createdAt, input: opened.body };
  }
  if (missing.length > 0) {
    yield { name: "missing.txt", lastModified: at, input: `${missing.join("\n")}\n` };
  }
}
