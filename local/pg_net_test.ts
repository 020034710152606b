import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { stackValue } from "../tests/support/stack_env.ts";

interface Stored {
  readonly statusCode: number | null;
  readonly content: string | null;
  readonly timedOut: boolean | null;
  readonly errorMsg: string | null;
}

/** Lets the running stack's worker send requests to a server of this test's own. */
async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  work: (sql: Sql, url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const sql = postgres(stackValue("TEST_DATABASE_URL"), {
    max: 1,
    transform: postgres.camel,
    onnotice: () => {},
  });
  try {
    await work(sql, `http://127.0.0.1:${server.addr.port}`);
  } finally {
    await sql.end();
    await server.shutdown();
  }
}

/** The id that a queued request was given. */
async function idOf(queued: PromiseLike<readonly { id: string }[]>): Promise<string> {
  const [row] = await queued;
  assert.ok(row);
  return row.id;
}

async function answerTo(sql: Sql, id: string): Promise<Stored> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const [row] = await sql<Stored[]>`
      select status_code, content, timed_out, error_msg from net._http_response where id = ${id}`;
    if (row !== undefined) return row;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`request ${id} was never answered`);
}

Deno.test("net.http_get() is sent after commit, with parameters and headers, and its answer kept", () =>
  withServer(
    (request) => {
      const url = new URL(request.url);
      return new Response(
        `${url.searchParams.get("a b")} ${request.headers.get("authorization")}`,
        {
          status: 201,
        },
      );
    },
    async (sql, url) => {
      const id = await idOf(sql<{ id: string }[]>`
        select net.http_get(${url}, '{"a b":"c&d"}', '{"Authorization":"Bearer x"}') as id`);
      assert.deepEqual({ ...await answerTo(sql, id) }, {
        statusCode: 201,
        content: "c&d Bearer x",
        timedOut: false,
        errorMsg: null,
      });
    },
  ));

Deno.test("net.http_get() of a transaction that rolls back is never sent", () => {
  let requests = 0;
  return withServer(
    () => {
      requests += 1;
      return new Response("ok");
    },
    async (sql, url) => {
      await sql.begin(async (tx) => {
        await tx`select net.http_get(${url + "/lost"})`;
        throw new Error("rolled back");
      }).catch(() => {});
      const id = await idOf(sql<{ id: string }[]>`select net.http_get(${url + "/kept"}) as id`);
      await answerTo(sql, id);
      assert.equal(requests, 1);
    },
  );
});

Deno.test("net.http_post() sends JSON, and a server that hangs is given up on at its timeout", () => {
  const release = Promise.withResolvers<void>();
  return withServer(
    async (request) => {
      if (request.method === "POST") return new Response(await request.text());
      await release.promise;
      return new Response("too late");
    },
    async (sql, url) => {
      const post = await idOf(sql<{ id: string }[]>`select net.http_post(${url}, '{"n":1}') as id`);
      const get = await idOf(sql<{ id: string }[]>`
        select net.http_get(${url}, timeout_milliseconds => 150) as id`);
      assert.deepEqual(JSON.parse((await answerTo(sql, post)).content ?? ""), { n: 1 });
      const late = await answerTo(sql, get);
      assert.equal(late.timedOut, true);
      assert.equal(late.statusCode, null);
      release.resolve();
    },
  );
});
