/** How documents are handed out: as what, under which name and headers, whole or in part. */
import assert from "node:assert/strict";
import { createApp } from "../../supabase/functions/documents/app.ts";
import { systemClock } from "@core/platform/clock.ts";
import { createLogger } from "@core/platform/logger.ts";
import { DOCUMENT_KINDS, type DocumentType } from "@core/documents/document_types.ts";
import { SAMPLES } from "../support/sample_files.ts";
import { cookieOf, pdfOf, refusalOf, testDocuments } from "./documents_support.ts";

const SITE = Deno.env.get("SITE_URL") ?? "";
const SANDBOX = "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HOSTILE_NAMES: readonly [given: string, header: string][] = [
  [
    `Dëshmi "e re"; filename=x.exe.pdf`,
    `filename="Deshmi _e re_; filename=x.exe.pdf"; ` +
    `filename*=UTF-8''D%C3%ABshmi%20_e%20re_%3B%20filename%3Dx.exe.pdf`,
  ],
  [
    "слика 漢.pdf",
    `filename="_____ _.pdf"; filename*=UTF-8''` +
    "%D1%81%D0%BB%D0%B8%D0%BA%D0%B0%20%E6%BC%A2.pdf",
  ],
  ["100%41.pdf", `filename="100_41.pdf"; filename*=UTF-8''100%2541.pdf`],
  ["invoice.exe", `filename="invoice.exe.pdf"; filename*=UTF-8''invoice.exe.pdf`],
  [".htaccess", `filename="htaccess.pdf"; filename*=UTF-8''htaccess.pdf`],
  ["COM1.pdf", `filename="_COM1.pdf"; filename*=UTF-8''_COM1.pdf`],
];

testDocuments(
  "files are saved under the name they were given, whatever is in it",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    for (const [name, header] of HOSTILE_NAMES) {
      const { id } = await world.document(owner, claimId, { name });
      const answer = await world.ask(`/documents/${id}/download`, owner);
      assert.equal(answer.headers.get("content-disposition"), `attachment; ${header}`);
      await answer.body?.cancel();
    }
  },
);

testDocuments("only kinds that are safe are shown, all of them locked up", async (world) => {
  const owner = await world.person();
  const claimId = await world.draft(owner);
  for (const [type, content] of Object.entries(SAMPLES)) {
    const { id } = await world.document(owner, claimId, { type, content, name: "f" });
    for (const asked of ["", "?disposition=inline", "?disposition=INLINE", "?disposition=x"]) {
      const answer = await world.ask(`/documents/${id}/download${asked}`, owner);
      const { headers } = answer;
      const isShown = asked === "?disposition=inline" &&
        DOCUMENT_KINDS[type as DocumentType].inline;
      const [disposition] = (headers.get("content-disposition") ?? "").split(";");
      assert.equal(disposition, isShown ? "inline" : "attachment", `${type} ${asked}`);
      assert.equal(
        headers.get("content-type"),
        type === "text/plain" ? "text/plain; charset=utf-8" : type,
      );
      const sandbox = type.startsWith("audio/")
        ? SANDBOX.replace("sandbox;", "sandbox allow-same-origin;")
        : SANDBOX;
      assert.equal(headers.get("content-security-policy"), sandbox);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("cache-control"), "private, no-store");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
      assert.equal(headers.get("content-length"), String(content.length));
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), Uint8Array.from(content));
    }
  }
});

testDocuments("HEIC is never shown, and what looks at it twice sees one kind", async (world) => {
  const owner = await world.person();
  const { id } = await world.document(owner, await world.draft(owner), {
    type: "image/heic",
    content: SAMPLES["image/heic"],
  });
  const answer = await world.ask(`/documents/${id}/download?disposition=inline`, owner);
  assert.match(answer.headers.get("content-disposition") ?? "", /^attachment;/);
  await answer.body?.cancel();
  const audits = await world.audits(id);
  assert.equal(audits.at(-1)?.action, "document.download");
});

testDocuments("a part of a file is handed out as a part", async (world) => {
  const owner = await world.person();
  const content = pdfOf(100_000);
  content.set(new TextEncoder().encode("here"), 70_000);
  const { id } = await world.document(owner, await world.draft(owner), { content });
  const ask = (range: string) =>
    world.ask(`/documents/${id}/download`, owner, { headers: { range } });

  const part = await ask("bytes=70000-70003");
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 70000-70003/100000");
  assert.equal(part.headers.get("content-length"), "4");
  assert.equal(part.headers.get("content-security-policy"), SANDBOX);
  assert.equal(await part.text(), "here");

  const end = await ask("bytes=-5");
  assert.deepEqual([end.status, await end.text()], [206, "%%EOF"]);

  const beyond = await ask("bytes=100000-");
  assert.deepEqual([beyond.status, await beyond.text()], [416, ""]);
  assert.equal(beyond.headers.get("content-range"), "bytes */100000");

  const nonsense = await ask("lines=1-2");
  assert.equal(nonsense.status, 200);
  await nonsense.body?.cancel();

  const noted = (await world.audits(id)).slice(1);
  assert.deepEqual(noted.map(({ metadata }) => metadata["range"]), [
    "bytes=70000-70003",
    "bytes=-5",
    undefined,
  ], "a part that does not exist is no access");
});

testDocuments("HEAD tells of a file without opening it", async (world) => {
  const owner = await world.person();
  const { id } = await world.document(owner, await world.draft(owner));
  const answer = await world.ask(`/documents/${id}/download`, owner, { method: "HEAD" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-length"), String(SAMPLES["application/pdf"].length));
  assert.equal(answer.headers.get("accept-ranges"), "bytes");
  assert.equal(await answer.text(), "");
  assert.deepEqual((await world.audits(id)).map(({ action }) => action), ["document.uploaded"]);
});

testDocuments("while Storage is away nothing is noted, and nobody is told why", async (world) => {
  const owner = await world.person();
  const { id } = await world.document(owner, await world.draft(owner));
  const lines: string[] = [];
  const app = createApp({
    env: { ...world.env, supabaseUrl: "http://127.0.0.1:1" },
    db: world.db,
    clock: systemClock,
    log: createLogger({}, { write: (line) => lines.push(line) }),
  });
  for (const path of [`/documents/${id}`, `/documents/${id}/download`]) {
    const answer = await app.request(path, { headers: { authorization: `Bearer ${owner.token}` } });
    assert.deepEqual(await refusalOf(answer), [503, "storage_unavailable"]);
  }
  assert.equal(lines.length, 2);
  assert.doesNotMatch(lines.join(), new RegExp(owner.token.slice(-20)));
  assert.deepEqual((await world.audits(id)).map(({ action }) => action), ["document.uploaded"]);
});

testDocuments("a reader who goes away ends the reading", async (world) => {
  const owner = await world.person();
  const { id } = await world.document(owner, await world.draft(owner));
  const ended = Promise.withResolvers<void>();
  const endless = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        cancel: () => ended.resolve(),
      }),
    ));
  const env = { ...world.env, supabaseUrl: `http://127.0.0.1:${endless.addr.port}` };
  const app = createApp({ env, db: world.db, clock: systemClock, log: createLogger() });
  const answer = await app.request(`/documents/${id}/download`, {
    headers: { authorization: `Bearer ${owner.token}` },
  });
  const reader = answer.body?.getReader();
  assert.ok(((await reader?.read())?.value?.length ?? 0) > 0);
  await reader?.cancel();
  await ended.promise;
  await endless.shutdown();
});

testDocuments("the site hands files out by its cookie, under the same lock", async (world) => {
  const owner = await world.person();
  const content = pdfOf(50_000);
  const { id } = await world.document(owner, await world.draft(owner), { content, name: "ë.pdf" });
  const url = `${SITE}/api/documents/${id}/download?disposition=inline`;
  const headers = { cookie: cookieOf(owner) };

  const answer = await fetch(url, { headers });
  assert.equal(answer.status, 200);
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), content);
  assert.equal(answer.headers.get("content-security-policy"), SANDBOX);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
  assert.equal(
    answer.headers.get("content-disposition"),
    `inline; filename="e.pdf"; filename*=UTF-8''%C3%AB.pdf`,
  );

  const part = await fetch(url, { headers: { ...headers, range: "bytes=0-4" } });
  assert.deepEqual([part.status, await part.text()], [206, "%PDF-"]);
  assert.equal(part.headers.get("content-range"), "bytes 0-4/50000");

  const link = await fetch(`${SITE}/api/documents/${id}`, { headers });
  assert.deepEqual([link.status, (await link.json()).size], [200, 50_000]);

  const nobody = await fetch(url);
  assert.deepEqual([nobody.status, (await nobody.json()).error.code], [401, "unauthorized"]);
  assert.match(nobody.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
});
