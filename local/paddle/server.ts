import { createPaddle, type PaddleSimulator } from "./app.ts";
import type { PaddleOptions } from "./options.ts";

export { createPaddle } from "./app.ts";
export type { PaddleSimulator } from "./app.ts";
export type { CataloguePlan } from "./entities/catalogue.ts";
export type { PaddleOptions } from "./options.ts";

/** Where a simulator listens, besides how it is set up. */
export interface PaddleServerOptions extends Omit<PaddleOptions, "publicUrl"> {
  /** TCP port; 0 takes a free one. */
  port: number;
  /** Interface to bind, default 127.0.0.1. */
  hostname?: string;
  /** Address for browsers, default `http://localhost:<port>`. */
  publicUrl?: string;
  /** Stops the simulator when aborted. */
  signal?: AbortSignal;
}

/** A simulator that listens. */
export interface RunningPaddle extends PaddleSimulator {
  /** Its address, without a slash at the end; the base URL of the API too. */
  url: string;
}

/**
 * Starts the local stand-in of Paddle Billing.
 *
 * Paddle's own SDK talks to it with `new Paddle(apiKey, { environment: url as Environment })`: an
 * environment that it does not know is taken as the base URL.
 *
 * @param options Port, keys, addresses, plans.
 * @returns The running simulator; `stop()` ends it.
 * @throws {Deno.errors.AddrInUse} When the port is taken.
 */
export async function startPaddle(options: PaddleServerOptions): Promise<RunningPaddle> {
  // The port is known only once it is bound, and the simulator needs its own address.
  const ready = Promise.withResolvers<PaddleSimulator>();
  const server = Deno.serve(
    { port: options.port, hostname: options.hostname ?? "127.0.0.1", onListen() {} },
    async (request) => await (await ready.promise).fetch(request),
  );
  const url = options.publicUrl ?? `http://localhost:${server.addr.port}`;
  let simulator: PaddleSimulator;
  try {
    simulator = await createPaddle({ ...options, publicUrl: url });
  } catch (error) {
    await server.shutdown();
    throw error;
  }
  ready.resolve(simulator);

  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    return stopped ??= simulator.stop().then(() => server.shutdown());
  }
  options.signal?.addEventListener("abort", () => void stop(), { once: true });
  return { ...simulator, url, stop };
}
