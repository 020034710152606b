import assert from "node:assert/strict";
import { withRange } from "./storage_range.ts";

function asked(range: string | null, method = "GET"): Promise<[number, string | null, string]> {
  const request = new Request("http://localhost/storage/v1/object/a/b", {
    method,
    headers: range === null ? {} : { range },
  });
  const body = new ReadableStream({
    start(controller) {
      for (const part of ["012", "345", "6789"]) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  const headers = { "accept-ranges": "bytes", "content-length": "10" };
  return told(withRange(request, new Response(body, { headers })));
}

async function told(answer: Response): Promise<[number, string | null, string]> {
  return [answer.status, answer.headers.get("content-range"), await answer.text()];
}

Deno.test("withRange() answers with the part that was asked for", async () => {
  assert.deepEqual(await asked("bytes=0-0"), [206, "bytes 0-0/10", "0"]);
  assert.deepEqual(await asked("bytes=2-6"), [206, "bytes 2-6/10", "23456"]);
  assert.deepEqual(await asked("bytes=7-"), [206, "bytes 7-9/10", "789"]);
  assert.deepEqual(await asked("bytes=-4"), [206, "bytes 6-9/10", "6789"]);
  assert.deepEqual(await asked("bytes=-40"), [206, "bytes 0-9/10", "0123456789"]);
  assert.deepEqual(await asked("bytes=8-99"), [206, "bytes 8-9/10", "89"]);
});

Deno.test("withRange() says that a file has no such part", async () => {
  assert.deepEqual(await asked("bytes=10-"), [416, "bytes */10", ""]);
  assert.deepEqual(await asked("bytes=-0"), [416, "bytes */10", ""]);
});

Deno.test("withRange() leaves what is no single part alone, and what is no file", async () => {
  for (const range of [null, "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "lines=1-2"]) {
    assert.deepEqual(await asked(range), [200, null, "0123456789"], String(range));
  }
  const request = new Request("http://localhost/", { headers: { range: "bytes=0-1" } });
  assert.deepEqual(await told(withRange(request, new Response("{}", { status: 400 }))), [
    400,
    null,
    "{}",
  ]);
});
