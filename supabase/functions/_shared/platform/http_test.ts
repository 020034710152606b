import assert from "node:assert/strict";
import { AppError } from "./errors.ts";
import { createFunctionApp, parseJson, readBody } from "./http.ts";
import { silentLogger } from "./logger.ts";
import { callerAddress } from "./rate_limit.ts";

const post = (body: BodyInit | null) => new Request("http://x/", { method: "POST", body });

Deno.test("readBody() reads the bytes as they came, up to the limit", async () => {
  const bytes = Uint8Array.of(0, 255, 254, 10);
  assert.deepEqual(await readBody(post(bytes), 4), bytes);
  assert.deepEqual(await readBody(post(null), 4), new Uint8Array());
});

Deno.test("readBody() puts chunks together in order", async () => {
  const chunks = [Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)];
  assert.deepEqual(await readBody(post(ReadableStream.from(chunks)), 3), Uint8Array.of(1, 2, 3));
});

Deno.test("readBody() refuses one byte more than the limit", async () => {
  await assert.rejects(
    readBody(post(new Uint8Array(5)), 4),
    (error) => error instanceof AppError && error.status === 413,
  );
});

Deno.test("readBody() says 400 when the sender breaks off", async () => {
  const broken = new ReadableStream({
    start: (controller) => controller.error(new Error("connection reset")),
  });
  await assert.rejects(
    readBody(post(broken), 4),
    (error) => error instanceof AppError && error.code === "unreadable_body",
  );
});

Deno.test("parseJson() leaves out what no text in PostgreSQL can have", () => {
  const read = (text: string) => parseJson(new TextEncoder().encode(text));
  assert.deepEqual(read('{"name":"a\\u0000b","deep":[{"half":"\\ud800"}],"n":1}'), {
    name: "ab",
    deep: [{ half: "\ufffd" }],
    n: 1,
  });
});

Deno.test("createFunctionApp() answers unknown paths and thrown errors in the contract's form", async () => {
  const app = createFunctionApp(silentLogger);
  app.get("/boom", () => {
    throw new Error("details");
  });
  const missing = await app.request("/nothing");
  assert.deepEqual([missing.status, (await missing.json()).error.code], [404, "not_found"]);
  const boom = await app.request("/boom");
  assert.deepEqual([boom.status, (await boom.json()).error.code], [500, "internal"]);
});

Deno.test("createFunctionApp() tells browsers to run nothing, errors and files included", async () => {
  const app = createFunctionApp(silentLogger);
  app.get("/boom", () => {
    throw new Error("details");
  });
  app.get("/file", () => new Response("", { headers: { "content-security-policy": "sandbox" } }));
  app.get("/on", () => Response.redirect("https://example.com/"));
  for (const path of ["/nothing", "/boom", "/on"]) {
    const { headers } = await app.request(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'/, path);
    assert.match(headers.get("strict-transport-security") ?? "", /^max-age=63072000/, path);
  }
  const { headers } = await app.request("/file");
  assert.equal(headers.get("content-security-policy"), "sandbox");
  assert.equal(headers.get("referrer-policy"), "no-referrer");
});

Deno.test("callerAddress() trusts the nearest gateway only", () => {
  const of = (value: string) => callerAddress(new Headers({ "x-forwarded-for": value }));
  assert.equal(of("6.6.6.6, 10.0.0.1"), "10.0.0.1");
  assert.equal(of("10.0.0.1"), "10.0.0.1");
  assert.equal(callerAddress(new Headers()), "unknown");
});

Deno.test("parseJson() gives undefined for what is not JSON in UTF-8", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(parseJson(bytes('{"é":[1,null]}')), { "é": [1, null] });
  assert.equal(parseJson(bytes("null")), null);
  for (const text of ["", "{", "undefined", "{'a':1}"]) {
    assert.equal(parseJson(bytes(text)), undefined, text);
  }
  assert.equal(parseJson(Uint8Array.of(34, 255, 34)), undefined);
});
