/** Under which names a person's files lie in the zip of their data. */
import { downloadName } from "@core/documents/content_disposition.ts";
import { DOCUMENT_KINDS, type DocumentType } from "@core/documents/document_types.ts";
import type { ExportFile } from "./privacy_store.ts";

/**
 * Gives every file a path of its own: a folder for its claim, and its name there, with a number where
 * two have the same.
 *
 * @param files The files.
 * @returns Their paths, in the same order; none leaves the zip's folder.
 *
 * @example
 * ```ts
 * exportNames(files); // ["files/CLM-KS-2026-000042/ticket.pdf", …]
 * ```
 */
export function exportNames(
  files: readonly Pick<ExportFile, "claimId" | "claimNumber" | "name" | "fileType">[],
): readonly string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const folder = `files/${file.claimNumber ?? `draft-${file.claimId.slice(0, 8)}`}`;
    const name = isKnown(file.fileType) ? downloadName(file.name, file.fileType) : "file";
    const dot = name.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let path = `${folder}/${name}`;
    // Some file systems know no capital letters.
    for (let count = 2; taken.has(path.toLowerCase()); count++) {
      path = `${folder}/${stem} (${count})${ending}`;
    }
    taken.add(path.toLowerCase());
    return path;
  });
}

function isKnown(type: string): type is DocumentType {
  return Object.hasOwn(DOCUMENT_KINDS, type);
}
