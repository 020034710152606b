/** A function in a process of its own, as it is served on a host, and as it dies there. */
import { join } from "node:path";
import { ROOT, type StackEnv } from "../../local/settings.ts";
import type { StormDatabase } from "./storm_database.ts";

const INDEX = join(ROOT, "supabase", "functions", "paddle-webhook", "index.ts");
/** A process that has not begun to listen after this long has failed to start. */
const START_MILLISECONDS = 20_000;

/** A served function. */
export interface FunctionProcess {
  /** Where deliveries go; the same after a restart. */
  readonly url: string;
  /** Ends the process without a chance to finish anything, and starts another in its place. */
  killAndRestart(): Promise<void>;
  /** The last lines that it logged. */
  lastWords(): string[];
}

/**
 * Serves the webhook function until the database ends.
 *
 * @param port Port on 127.0.0.1.
 * @param database What it works on.
 * @returns The process, ready to answer.
 */
export function serveWebhooks(port: number, database: StormDatabase): Promise<FunctionProcess> {
  return serveProcess({ script: INDEX, path: "/paddle-webhook", port }, database);
}

/**
 * Serves a function until the database ends.
 *
 * @param served The script that serves it, where it answers, and a port on 127.0.0.1.
 * @param database What it works on.
 * @returns The process, ready to answer.
 */
export async function serveProcess(
  { script, path, port }: { script: string; path: string; port: number },
  { env, beforeEnd }: Pick<StormDatabase, "env" | "beforeEnd">,
): Promise<FunctionProcess> {
  const words: string[] = [];
  const url = `http://127.0.0.1:${port}${path}`;
  const start = () => spawn(script, port, env, words);
  let child = start();
  let hasEnded = false;
  beforeEnd(() => {
    hasEnded = true;
    return kill(child);
  });
  await answering(url);
  return {
    url,
    async killAndRestart() {
      await kill(child);
      if (hasEnded) return;
      child = start();
      await answering(url);
    },
    lastWords: () => words.slice(-20),
  };
}

function spawn(
  script: string,
  port: number,
  env: StackEnv,
  words: string[],
): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", script],
    cwd: ROOT,
    env: { ...env, "DENO_SERVE_ADDRESS": `tcp:127.0.0.1:${port}`, "NO_COLOR": "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  for (const stream of [child.stdout, child.stderr]) void listen(stream, words);
  return child;
}

/** Only this very process, by its handle. */
async function kill(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // It has ended already.
  }
  await child.status;
}

async function listen(stream: ReadableStream<Uint8Array>, words: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    words.push(...text.split("\n").filter((line) => line !== ""));
    if (words.length > 200) words.splice(0, words.length - 100);
  }
}

async function answering(url: string): Promise<void> {
  const deadline = performance.now() + START_MILLISECONDS;
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
