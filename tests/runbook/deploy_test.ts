/**
 * What docs/DEPLOY.md and the Dockerfile say is true, as far as it can be without Docker: the image is
 * put together in a folder by its own COPY lines, built by its own command, and served by its own, with
 * its permissions.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { ROOT } from "../../local/settings.ts";
import { stackValue } from "../support/stack_env.ts";

const read = (path: string) => Deno.readTextFile(join(ROOT, path));
const dockerfile = await read("Dockerfile");
const instructions = dockerfile.split("\n").filter((line) => /^[A-Z]+ /.test(line));
const stages = dockerfile.split(/^(?=FROM )/m).slice(1);

/** Sources and target of the COPY lines that take from the checkout. */
const copies = instructions.filter((line) => /^COPY (?!--from)/.test(line)).map((line) => {
  const words = line.split(/\s+/).slice(1);
  return { sources: words.slice(0, -1), target: words.at(-1) ?? "" };
});

/** The last CMD, as its list. */
function command(): string[] {
  const line = instructions.findLast((one) => one.startsWith("CMD "));
  return JSON.parse(line?.slice("CMD ".length) ?? "[]") as string[];
}

async function copyTree(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    // As .dockerignore has it.
    if (!/_test\.tsx?$/.test(name)) await copyTree(join(from, name), join(to, name));
  }
}

Deno.test("the Dockerfile copies what there is, pins Deno as the tests do, and is not root", async () => {
  const ignored = (await read(".dockerignore")).split("\n");
  for (const { sources } of copies) {
    for (const source of sources) {
      assert.ok(await Deno.stat(join(ROOT, source)).catch(() => null), source);
      assert.equal(ignored.includes(source.replace("./", "")), false, `${source} is ignored`);
    }
  }
  const [, version] = /deno@([\d.]+)/.exec(await read(".ci/run")) ?? [];
  const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  assert.deepEqual(images, [`denoland/deno:${version}`, `denoland/deno:${version}`]);
  assert.match(stages.at(-1) ?? "", /^USER deno$/m);
  const cmd = command();
  for (const flag of cmd) assert.doesNotMatch(flag, /^(-A|--allow-(all|write|run|ffi))/);
});

Deno.test("the image's files build, and its command serves pages with its permissions", async () => {
  const app = await Deno.makeTempDir({ prefix: "image-" });
  try {
    for (const { sources, target } of copies) {
      for (const source of sources) {
        const place = sources.length > 1 || target === "./"
          ? join(app, target, source)
          : join(app, target);
        await copyTree(join(ROOT, source), place);
      }
    }
    const build = /^RUN (deno task build) && (deno cache .+)$/m.exec(dockerfile);
    assert.ok(build, "the build's command");
    for (const line of build.slice(1)) {
      const [program = "", ...args] = line.split(" ");
      const { code, stderr } = await new Deno.Command(program, {
        args,
        cwd: app,
        stdout: "null",
        stderr: "piped",
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    }
    await serveAndLook(app);
  } finally {
    await Deno.remove(app, { recursive: true });
  }
});

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command("deno", { args: ["info", "--json"] }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}

async function serveAndLook(app: string): Promise<void> {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  const cache = await denoDir();
  const [program = "", ...args] = command().map((word) =>
    word.replace("--port=8000", `--port=${port}`).replace("0.0.0.0", "127.0.0.1")
      .replace("/app,/deno-dir", `${app},${cache}`)
  );
  const child = new Deno.Command(program, {
    args,
    cwd: app,
    env: { SITE_DATABASE_URL: stackValue("TEST_SITE_DATABASE_URL"), NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  try {
    const look = (path: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual" }).then(async (response) => {
        await response.body?.cancel();
        return response.status;
      });
    let status = 0;
    for (let i = 0; i < 100 && status === 0; i += 1) {
      status = await look("/robots.txt").catch(() => 0);
      if (status === 0) await new Promise((done) => setTimeout(done, 100));
    }
    assert.equal(status, 200, "the health check's page");
    assert.equal(await look("/sq/pricing"), 200, "a page that reads the database");
    assert.equal(await look("/sq/login"), 200);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
  assert.doesNotMatch(await said, /NotCapable|PermissionDenied|Requires \w+ access/);
}

Deno.test("docs/DEPLOY.md and .env.example tell of every variable that the programs read", async () => {
  const env = await read("supabase/functions/_shared/platform/env.ts");
  const schemas = env.slice(env.indexOf("const common = {"), env.indexOf("/** What stands in"));
  const readNames = [...schemas.matchAll(/^ {2}"([A-Z][A-Z_]+)":/gm)].map(([, name = ""]) => name);
  assert.ok(readNames.length > 20);
  const page = await read("docs/DEPLOY.md");
  const told = [...page.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name = ""]) => name);
  // The owner's connection is read by tasks.
  assert.deepEqual(told.filter((name) => name !== "SUPABASE_DB_URL").sort(), readNames.sort());
  const example = await read(".env.example");
  assert.deepEqual(readNames.filter((name) => !example.includes(`\n${name}=`)), []);
});

Deno.test("docs/DEPLOY.md names tasks and files that there are", async () => {
  const { tasks } = JSON.parse(await read("deno.json")) as { tasks: Record<string, unknown> };
  for (const path of ["docs/DEPLOY.md", "docs/pilot/PILOT_RUNBOOK.md", "docs/SLOS.md"]) {
    const page = await read(path);
    for (const [, name = ""] of page.matchAll(/deno task ([a-z0-9:]+)/g)) {
      const isComing = ["e2e:gate", "e2e:smoke", "incident", "security:guard"].includes(name);
      assert.ok(name in tasks || isComing, `${path}: deno task ${name}`);
    }
    for (const [, target = ""] of page.matchAll(/\]\(([^)#]+)/g)) {
      assert.ok(await Deno.stat(join(ROOT, dirname(path), target)).catch(() => null), target);
    }
  }
});
