import assert from "node:assert/strict";
import { AppError, DatabaseUnavailable, toResponse } from "./errors.ts";
import { createLogger } from "./logger.ts";

const logged = () => {
  const lines: string[] = [];
  return { lines, log: createLogger({}, { write: (line) => lines.push(line) }) };
};

Deno.test("toResponse() answers a known error with its code, and does not log a refusal", async () => {
  const { lines, log } = logged();
  const error = new AppError({ code: "teapot", status: 418, message: "I am one.", cause: "tea" });
  const response = toResponse(error, log);
  assert.equal(response.status, 418);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(await response.json(), { error: { code: "teapot", message: "I am one." } });
  assert.deepEqual(lines, []);
});

Deno.test("toResponse() says nothing about an unknown error, and logs it", async () => {
  const { lines, log } = logged();
  const response = toResponse(new Error('relation "secret_table" does not exist'), log);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret_table/);
  assert.match(lines.join(), /secret_table/);
});

Deno.test("toResponse() survives what is not an error at all", () => {
  for (const thrown of [undefined, null, "text", 7, {}]) {
    assert.equal(toResponse(thrown).status, 500);
  }
});

Deno.test("toResponse() says when to come back", () => {
  const response = toResponse(new DatabaseUnavailable());
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "5");
});
