/**
 * A file of any length passes through: neither the function, served in a process of its own as on a
 * host, nor the site holds more of it than what is on its way.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../local/settings.ts";
import {
  type Announced,
  BUCKET,
  cookieOf,
  type SignedIn,
  testDocuments,
} from "./documents_support.ts";

const MB = 1024 * 1024;
const LENGTH = 300 * MB;
const MOST_GROWTH = 32 * MB;
/**
 * The sums of a zip are made in JavaScript, whose engine frees buffers only after 64 MB of them: 76 MB
 * for a file of 150 MB, 80 MB for one of 600.
 */
const MOST_GROWTH_OF_ZIP = 120 * MB;
/** Where the file says something other than noughts. */
const MARKS = [0, 123_456_789, LENGTH - 4];

/**
 * Puts a long file in an upload's place, past Storage's limit: its bytes on the disk (which has none
 * to write for the noughts), its length beside them.
 */
async function putLongFile({ path }: Announced): Promise<void> {
  const folder = join(Deno.env.get("STATE_DIR") ?? "", "storage", BUCKET, path);
  const file = await Deno.open(join(folder, ".bytes"), { write: true, truncate: true });
  await file.truncate(LENGTH);
  for (const mark of MARKS) {
    await file.seek(mark, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("mark"));
  }
  file.close();
  const facts = join(folder, ".facts.json");
  const kept = JSON.parse(await Deno.readTextFile(facts));
  await Deno.writeTextFile(facts, JSON.stringify({ ...kept, size: LENGTH }));
}

/** Reads a file to its end and checks it, a chunk at a time; `pause` is waited for on the way. */
async function readThrough(answer: Response, pause: () => Promise<void>): Promise<void> {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-length"), String(LENGTH));
  const letters = new Map<number, number>();
  for (const mark of MARKS) {
    for (const [at, letter] of [..."mark"].entries()) letters.set(mark + at, letter.charCodeAt(0));
  }
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    if (length === 0) await pause();
    for (const [at, letter] of letters) {
      if (at < length || at >= length + chunk.length) continue;
      assert.equal(chunk[at - length], letter, `byte ${at}`);
      letters.delete(at);
    }
    length += chunk.length;
  }
  assert.equal(length, LENGTH);
  assert.equal(letters.size, 0);
}

/** Resident memory of a process in bytes: now, and the most since it was last asked for. */
async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const field = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

/** Serves the function on a free port until `work` is done. */
async function withFunction(work: (url: string, pid: number) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--no-lock",
      "--quiet",
      join(ROOT, "supabase/functions/documents/index.ts"),
    ],
    cwd: ROOT,
    env: { "DENO_SERVE_ADDRESS": `tcp:127.0.0.1:${port}`, "NO_COLOR": "1" },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const url = `http://127.0.0.1:${port}/documents`;
  try {
    await answering(url);
    await work(url, child.pid);
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

async function answering(url: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

testDocuments(
  "a copy of all data with 300 MB passes through the function, whose memory grows by less than 120 MB",
  async (world) => {
    const owner = await world.person();
    await putLongFile(await world.document(owner, await world.draft(owner)));
    const small = await world.person();
    await world.document(small, await world.draft(small));
    for (const person of [owner, small]) {
      await world.db.asUser(person, (tx) => tx`select public.request_export()`);
    }
    await withFunction(async (url, pid) => {
      const open = ({ token }: SignedIn) =>
        fetch(`${url}/export`, { headers: { authorization: `Bearer ${token}` } });
      for (let times = 0; times < 5; times++) await (await open(small)).arrayBuffer();
      const before = await memoryOf(pid);
      let length = 0;
      for await (const chunk of (await open(owner)).body ?? []) {
        // A process that does not wait for its reader would take in all of it meanwhile.
        if (length === 0) await new Promise((done) => setTimeout(done, 1_500));
        length += chunk.length;
      }
      assert.ok(length > LENGTH);
      const grown = (await memoryOf(pid)).peak - before.now;
      assert.ok(grown < MOST_GROWTH_OF_ZIP, `the function grew by ${(grown / MB).toFixed(1)} MB`);
    });
  },
);

testDocuments(
  "300 MB pass through the function and the site, whose memory grows by less than 32 MB",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    const short = await world.document(owner, claimId);
    const long = await world.document(owner, claimId);
    await putLongFile(long);

    /** What a process grows by, at its highest, while the long file passes and its reader pauses. */
    async function growth(pid: number, open: (id: string) => Promise<Response>): Promise<number> {
      const readShort = async () => void (await (await open(short.id)).arrayBuffer());
      // What a process takes for its first answers is not the file's.
      for (let times = 0; times < 8; times++) await readShort();
      const before = await memoryOf(pid);
      // Meanwhile a process that does not wait for its reader would take in all of it.
      const pause = async () => {
        for (let times = 0; times < 15; times++) await readShort();
      };
      await readThrough(await open(long.id), pause);
      return (await memoryOf(pid)).peak - before.now;
    }

    await withFunction(async (url, pid) => {
      const headers = { authorization: `Bearer ${owner.token}` };
      const grown = await growth(pid, (id) => fetch(`${url}/${id}/download`, { headers }));
      assert.ok(grown < MOST_GROWTH, `the function grew by ${(grown / MB).toFixed(1)} MB`);
    });

    const site = Number(await Deno.readTextFile(join(Deno.env.get("STATE_DIR") ?? "", "site.pid")));
    const headers = { cookie: cookieOf(owner) };
    const grown = await growth(
      site,
      (id) => fetch(`${Deno.env.get("SITE_URL")}/api/documents/${id}/download`, { headers }),
    );
    assert.ok(grown < MOST_GROWTH, `the site grew by ${(grown / MB).toFixed(1)} MB`);
  },
);
