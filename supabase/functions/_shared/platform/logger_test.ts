import assert from "node:assert/strict";
import { createLogger } from "./logger.ts";

function lineOf(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger({ function: "f" }, { write: (line) => lines.push(line), now: () => 0 }));
  assert.equal(lines.length, 1);
  return JSON.parse(lines[0] ?? "");
}

Deno.test("a line is one JSON object with time, level, message and facts", () => {
  assert.deepEqual(lineOf((log) => log.with({ a: 1 }).warn("odd", { b: [2n, null] })), {
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    message: "odd",
    function: "f",
    a: 1,
    b: ["2", null],
  });
});

Deno.test("what looks like a secret is left out, at any depth", () => {
  const line = lineOf((log) =>
    log.info("x", {
      authorization: "Bearer s3cret",
      nested: { refreshToken: "s3cret", "PADDLE_API_KEY": "s3cret", cookie: "s3cret", ok: "yes" },
    })
  );
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
  assert.match(JSON.stringify(line), /yes/);
});

Deno.test("an error is told with its cause, but not with the values of rows", () => {
  const cause = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: "Key (email)=(ana@example.test) already exists.",
    parameters: ["ana@example.test"],
  });
  const line = lineOf((log) => log.error("failed", { error: new Error("outer", { cause }) }));
  assert.match(JSON.stringify(line), /"code":"23505"/);
  assert.match(JSON.stringify(line), /duplicate key/);
  assert.doesNotMatch(JSON.stringify(line), /ana@example/);
});

Deno.test("an error tells of no address more than where it is", () => {
  const line = lineOf((log) =>
    log.error("failed", {
      error: new Error("fetch failed", {
        cause: new Error(
          "error sending request for url (http://127.0.0.1:1/functions/v1/share/s3cret/1?t=s3cret): refused",
        ),
      }),
    })
  );
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
  assert.match(JSON.stringify(line), /url \(http:\/\/127\.0\.0\.1:1\/…\): refused/);
});

Deno.test("a line break in a text ends no line", () => {
  const lines: string[] = [];
  const log = createLogger({}, { write: (line) => lines.push(line), now: () => 0 });
  log.warn("odd\nname", { path: '/x\r\n{"level":"error"}' });
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0] ?? "", /[\r\n]/);
});

Deno.test("circles and long lines end somewhere", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  lineOf((log) => log.info("x", { circle }));
  const lines: string[] = [];
  createLogger({}, { write: (line) => lines.push(line) }).info("x", { text: "y".repeat(50_000) });
  assert.ok((lines[0] ?? "").length < 10_000);
});
