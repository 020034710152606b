import assert from "node:assert/strict";
import { storageFiles } from "./storage_files.ts";

async function withAdapter(
  work: (adapter: ReturnType<typeof storageFiles>) => Promise<void>,
): Promise<void> {
  const base = await Deno.makeTempDir();
  try {
    await work(storageFiles(base));
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (body: unknown) => new Response(body as BodyInit).text();

Deno.test("storageFiles() gives back what was uploaded, with its type and size", () =>
  withAdapter(async (adapter) => {
    await adapter.uploadObject(
      "evidence",
      "a/b.txt",
      undefined,
      bytes("hello"),
      "text/plain",
      "no-store",
    );
    const object = await adapter.getObject("evidence", "a/b.txt", undefined);
    assert.equal(await read(object.body), "hello");
    assert.equal(object.metadata.mimetype, "text/plain");
    assert.equal(object.metadata.size, 5);
  }));

Deno.test("storageFiles() streams an upload and keeps keys that contain each other apart", () =>
  withAdapter(async (adapter) => {
    const stream = new Blob([bytes("one"), bytes("two")]).stream();
    await adapter.uploadObject("evidence", "a", undefined, stream, "text/plain", "");
    await adapter.uploadObject("evidence", "a/b", undefined, bytes("inner"), "text/plain", "");
    assert.equal(await read((await adapter.getObject("evidence", "a", undefined)).body), "onetwo");
    await adapter.deleteObject("evidence", "a", undefined);
    assert.equal(await read((await adapter.getObject("evidence", "a/b", undefined)).body), "inner");
    await assert.rejects(adapter.headObject("evidence", "a", undefined), { code: "ENOENT" });
  }));

Deno.test("storageFiles() answers a range with those bytes only", () =>
  withAdapter(async (adapter) => {
    await adapter.uploadObject("evidence", "a", undefined, bytes("0123456789"), "text/plain", "");
    const part = await adapter.getObject("evidence", "a", undefined, { range: "bytes=2-4" });
    assert.equal(part.httpStatusCode, 206);
    assert.equal(part.metadata.contentRange, "bytes 2-4/10");
    assert.equal(await read(part.body), "234");
  }));

Deno.test("storageFiles() lets no key leave its bucket", () =>
  withAdapter(async (adapter) => {
    for (const key of ["../other/x", "a/../../x", "..", "x\0y"]) {
      await assert.rejects(
        adapter.uploadObject("evidence", key, undefined, bytes("x"), "text/plain", ""),
        { code: "ENOENT" },
        key,
      );
    }
  }));

Deno.test("storageFiles() leaves nothing behind of an upload that broke off", () =>
  withAdapter(async (adapter) => {
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes("half"));
        controller.error(new Error("connection lost"));
      },
    });
    await assert.rejects(
      adapter.uploadObject("evidence", "a", undefined, broken, "text/plain", ""),
      /connection lost/,
    );
    await assert.rejects(adapter.headObject("evidence", "a", undefined), { code: "ENOENT" });
  }));
