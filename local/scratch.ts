/**
 * Stacks that live for one run: on free ports, in a folder that is gone afterwards.
 */
import { join } from "node:path";
import { freePorts } from "./ports.ts";
import { removeCluster } from "./postgres.ts";
import { ROOT, type Settings } from "./settings.ts";
import { type Stack, startStack } from "./stack.ts";

/** Options of {@linkcode withScratchStack}. */
export interface ScratchOptions {
  readonly demo: boolean;
  readonly site: "production" | "none";
  readonly say: (line: string) => void;
}

/**
 * Runs `work` on a stack of its own and removes every trace of it, also when interrupted.
 *
 * @param options What the stack has.
 * @param work What to do with it.
 * @returns What `work` returned.
 */
export async function withScratchStack<T>(
  options: ScratchOptions,
  work: (stack: Stack) => Promise<T>,
): Promise<T> {
  const stateDir = await Deno.makeTempDir({ dir: ROOT, prefix: ".local-scratch-" });
  // The database server's user has to get through.
  await Deno.chmod(stateDir, 0o711);
  const settings: Settings = { ports: freePorts(), stateDir, demo: options.demo, appEnv: "test" };
  let stack: Stack | undefined;
  let cleaning: Promise<void> | undefined;
  const cleanUp = () =>
    cleaning ??= (async () => {
      await stack?.stop();
      await removeCluster(stateDir);
      await Deno.remove(stateDir, { recursive: true });
    })();
  const onSignal = () => void cleanUp().finally(() => Deno.exit(130));
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  try {
    stack = await startStack({
      settings,
      say: options.say,
      report: (error) =>
        options.say(error instanceof Error ? error.stack ?? error.message : `${error}`),
      site: options.site,
    });
    return await work(stack);
  } catch (error) {
    const siteLog = await Deno.readTextFile(join(stateDir, "site.log")).catch(() => "");
    if (siteLog !== "") options.say(siteLog);
    throw error;
  } finally {
    await cleanUp();
    Deno.removeSignalListener("SIGINT", onSignal);
    Deno.removeSignalListener("SIGTERM", onSignal);
  }
}
