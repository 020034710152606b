import assert from "node:assert/strict";
import { join } from "node:path";
import { Builder } from "./builder.ts";

/** Run a development server of a small project, which `files` are written to. */
async function withServer(
  files: Record<string, string>,
  work: (origin: string, root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const abort = new AbortController();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const { app } = await import("../tests/fixture_site/main.ts");
    const listening = Promise.withResolvers<Deno.NetAddr>();
    const finished = new Builder({ root }).listen(() => Promise.resolve({ app }), {
      port: 0,
      signal: abort.signal,
      onListen: listening.resolve,
    });
    const { port } = await listening.promise;
    await work(`http://localhost:${port}`, root);
    abort.abort();
    await finished;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const project = {
  "routes/index.ts": `export const handler = (ctx) => ctx.render(null);`,
  "static/a.css": "first",
  "static/.secret": "hidden",
  "secret.txt": "outside",
};

Deno.test("Builder.listen() adds the script that reloads a page to it, with its nonce", async () => {
  await withServer(project, async (origin) => {
    const page = await fetch(origin);
    const script = /<script nonce="(\w+)">let seen="([^"]+)"/.exec(await page.text());
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.ok(policy.includes(`script-src 'self' 'nonce-${script?.[1]}'`));

    const live = await fetch(`${origin}/_frsh/live`);
    assert.equal(live.headers.get("content-type"), "text/event-stream");
    const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader?.read() ?? {};
    assert.match(value ?? "", new RegExp(`data: ${script?.[2]}\n\n`));
    await reader?.cancel();
  });
});

Deno.test("Builder.listen() serves static files as they are now", async () => {
  await withServer(project, async (origin, root) => {
    const read = async () => await (await fetch(`${origin}/a.css`)).text();
    assert.equal(await read(), "first");
    await Deno.writeTextFile(join(root, "static/a.css"), "second");
    assert.equal(await read(), "second");
    const answer = await fetch(`${origin}/a.css`);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    await answer.body?.cancel();
  });
});

Deno.test("Builder.listen() serves nothing hidden and nothing outside of static/", async () => {
  await withServer(project, async (origin, root) => {
    await Deno.symlink(join(root, "secret.txt"), join(root, "static/link.txt"));
    for (
      const path of ["/.secret", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/link.txt", "/%00"]
    ) {
      const answer = await fetch(`${origin}${path}`);
      assert.equal(answer.status, 404, path);
      await answer.body?.cancel();
    }
  });
});
