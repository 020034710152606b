/** Hands a person everything that is kept about them. */
import { openFile } from "@core/documents/storage.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { exportZip } from "@core/privacy/export_zip.ts";
import { listExportFiles, openExport } from "@core/privacy/privacy_store.ts";
import { asCaller, type Caller, refusal } from "./caller.ts";

/** A copy is large, and one is enough: so many in an hour. */
const LIMIT = { max: 5, windowSeconds: 3600 };

/** What the export needs. */
export interface ExportDeps extends Pick<FunctionDeps, "env" | "db" | "clock" | "log"> {
  whoAsks(headers: Headers): Promise<Caller>;
}

/**
 * Answers with the zip. It is on the audit log before its first byte.
 *
 * @param deps Environment, database, clock, log, and who asks.
 * @param request The request.
 * @throws {AppError} `unauthorized` (401), `too_many_requests` (429), `export_not_requested` (409).
 */
export async function exportData(
  { env, db, clock, log, whoAsks }: ExportDeps,
  request: Request,
): Promise<Response> {
  const caller = await whoAsks(request.headers);
  const at = new Date(clock.now());
  const headers = exportHeaders(at);
  // Hono asks here for HEAD too: nothing is opened then.
  if (request.method === "HEAD") return new Response(null, { headers });
  const found = await asCaller(db, caller, "privacy-export", async (tx) => {
    const data = await openExport(tx);
    return data === null ? null : { data, files: await listExportFiles(tx) };
  }, LIMIT);
  if (found === null) {
    throw refusal(409, "export_not_requested", "Ask for a copy of your data first.");
  }
  const zip = exportZip({
    ...found,
    at,
    open: (file, gone) =>
      openFile(env, file, caller.token, { signal: AbortSignal.any([request.signal, gone]) }),
    missed: (file, error) =>
      log.error("file missing in an export", { document: file.id, ...(error ? { error } : {}) }),
  });
  return new Response(zip, { headers });
}

function exportHeaders(at: Date): Headers {
  const name = `interdomestik-data-${at.toISOString().slice(0, 10)}.zip`;
  return new Headers({
    "content-type": "application/zip",
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "private, no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
}
