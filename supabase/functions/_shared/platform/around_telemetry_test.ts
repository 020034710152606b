import assert from "node:assert/strict";
import { around } from "./around_function.ts";
import { noRequestLog } from "./request_log.ts";
import { noTelemetry } from "./telemetry.ts";
import type { Served } from "./telemetry_event.ts";

async function told(request: Request, status: number): Promise<Served[]> {
  const requests: Served[] = [];
  const answer = around(() => new Response(null, { status }), {
    flags: { isOn: () => Promise.resolve(false), tenantsWith: () => Promise.resolve([]) },
    requests: noRequestLog,
    telemetry: { ...noTelemetry, served: (request) => requests.push(request) },
  });
  await answer(request);
  return requests;
}

Deno.test("around() tells of a webhook by the name that the objective has", async () => {
  const [served] = await told(new Request("http://f/paddle-webhook", { method: "POST" }), 500);
  assert.deepEqual(
    { ...served, ms: 0 },
    { method: "POST", route: "/api/webhooks/paddle", status: 500, ms: 0 },
  );
});

Deno.test("around() tells of a route and never of what stands in it", async () => {
  const key = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg_abcd";
  const [served] = await told(new Request(`http://f/auth/reset-password/${key}`), 302);
  assert.equal(served?.route, "/functions/v1/auth/reset-password/:key");
});

Deno.test("around() leaves what came through the site to the site", async () => {
  const request = new Request("http://f/paddle-webhook", {
    method: "POST",
    headers: { "x-request-id": "1" },
  });
  assert.deepEqual(await told(request, 200), []);
});
