/**
 * Documents of claims. Every answer is for one person, or for the holder of one link, and is kept
 * nowhere.
 *
 * `GET /documents/:id`: an address of the file for a minute, 200 `{url,name,type,size,expiresIn}`.
 * `GET /documents/:id/download[?disposition=inline]`: the file itself, streamed; a `Range` is heeded.
 * `POST /documents/:id/confirm`: looks at what was uploaded; 200 `{result,id,name,type,size}`, 409 while
 * nothing has arrived, 410 after the hour, 422 with why it was refused.
 * These three by the person's access token: 401; 403 within the tenant; 404 across tenants, unknown,
 * deleted or not confirmed; 429.
 *
 * `GET /documents/export`: everything that is kept about the person and their files, one zip, streamed;
 * 401; 409 unless they asked for it in the last seven days; 429.
 *
 * `POST /documents/proofs?lead=` with the bytes of a receipt, `content-type` and `x-file-name`: takes the
 * photo of a payment by hand from the lead's agent; 201 `{id,name,type,size}`, 401, 404, 409 the lead is
 * over, 413, 422 with why it is refused, 429. `GET /documents/proofs/:id[?disposition=attachment]`: the
 * receipt itself, for those who check payments and its uploader; 401, 403, 404.
 *
 * `GET` or `POST /documents/share/:token/:place` (form fields `pin`, `disposition`): a document that a
 * link hands out; 401 the PIN is missing, 403 it is wrong or the link locked, 404 the link does not
 * work any more, 429.
 */
import type { Hono } from "hono";
import { downloadName } from "@core/documents/content_disposition.ts";
import { type AccessAction, recordAccess } from "@core/documents/document_store.ts";
import { openFile, signFile } from "@core/documents/storage.ts";
import { accessTokenKey } from "@core/identity/session.ts";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed } from "@core/platform/http.ts";
import { type Caller, callerOf, notFound, requestedDocument } from "./caller.ts";
import { confirm } from "./confirm.ts";
import { exportData } from "./export.ts";
import { dispositionOf, handOut } from "./hand_out.ts";
import { openProof, takeProof } from "./proofs.ts";
import { openShared } from "./share.ts";

/** How long the address of a file works, in seconds. */
const ADDRESS_LIVES = 60;
const NOT_KEPT = { "cache-control": "private, no-store", "referrer-policy": "no-referrer" };

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp({ env, db, clock, log }: FunctionDeps): Hono {
  const tokenKey = accessTokenKey(env);
  const whoAsks = (headers: Headers) => callerOf(headers, tokenKey, clock.now());

  /** Writes to the audit log that it succeeded; a document that was deleted meanwhile is not given. */
  async function record(
    { session }: Caller,
    id: string,
    action: AccessAction,
    details: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    const recorded = await db.asUser(session, (tx) => recordAccess(tx, id, action, details));
    if (!recorded) throw notFound();
  }

  const app = createFunctionApp(log);

  app.on(["GET", "POST"], "/documents/share/:token/:place", (c) => {
    const { token, place } = c.req.param();
    return openShared({ env, db }, c.req.raw, { token, place });
  });
  app.all("/documents/share/:token/:place", () => methodNotAllowed("GET", "POST"));

  app.get("/documents/export", (c) => exportData({ env, db, clock, log, whoAsks }, c.req.raw));
  app.all("/documents/export", () => methodNotAllowed("GET"));

  app.post("/documents/proofs", (c) => takeProof({ env, db, log, whoAsks }, c.req.raw));
  app.all("/documents/proofs", () => methodNotAllowed("POST"));
  app.get(
    "/documents/proofs/:id",
    (c) => openProof({ env, db, log, whoAsks }, c.req.raw, c.req.param("id")),
  );
  app.all("/documents/proofs/:id", () => methodNotAllowed("GET", "HEAD"));

  app.get("/documents/:id", async (c) => {
    const caller = await whoAsks(c.req.raw.headers);
    const document = await requestedDocument(db, caller, c.req.param("id"));
    const { id, name, fileType, fileSize } = document;
    const expiresIn = ADDRESS_LIVES;
    const saveAs = downloadName(name, fileType);
    const url = await signFile(env, document, caller.token, { expiresIn, saveAs });
    if (url === null) throw fileMissing(id);
    await record(caller, id, "document.signed_url_issued", {
      type: fileType,
      size: fileSize,
      "expires_in": expiresIn,
    });
    return c.json({ url, name, type: fileType, size: fileSize, expiresIn }, 200, NOT_KEPT);
  });
  app.all("/documents/:id", () => methodNotAllowed("GET"));

  app.get("/documents/:id/download", async (c) => {
    const request = c.req.raw;
    const caller = await whoAsks(request.headers);
    const document = await requestedDocument(db, caller, c.req.param("id"));
    const disposition = dispositionOf(c.req.query("disposition"), document.fileType);
    // Hono asks here for HEAD too: nothing is read then, and nothing is to be noted.
    if (request.method === "HEAD") return handOut(null, document, disposition);
    const range = request.headers.get("range");
    const file = await openFile(env, document, caller.token, { range, signal: request.signal });
    if (file === null) throw fileMissing(document.id);
    try {
      if (file.status !== 416) {
        const action = disposition === "inline" ? "document.view" : "document.download";
        await record(caller, document.id, action, {
          type: document.fileType,
          size: document.fileSize,
          disposition,
          ...(file.status === 206 && range !== null ? { range: range.slice(0, 100) } : {}),
        });
      }
    } catch (error) {
      await file.body.cancel();
      throw error;
    }
    return handOut(file, document, disposition);
  });
  app.all("/documents/:id/download", () => methodNotAllowed("GET", "HEAD"));

  app.post("/documents/:id/confirm", async (c) => {
    const caller = await whoAsks(c.req.raw.headers);
    const answer = await confirm({ env, db, log }, caller, c.req.param("id"));
    return c.json(answer, 200, NOT_KEPT);
  });
  app.all("/documents/:id/confirm", () => methodNotAllowed("POST"));
  return app;
}

/** The database knows it and Storage does not: that is ours to put right. */
function fileMissing(id: string): AppError {
  return new AppError({
    code: "file_missing",
    status: 500,
    message: "The file cannot be found in our storage. We have been told.",
    cause: new Error(`document ${id} has no file in Storage`),
  });
}
