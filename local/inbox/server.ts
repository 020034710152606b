import { createInbox, type Inbox, type InboxOptions } from "./app.ts";

export { createInbox } from "./app.ts";
export type { HandedOver, Inbox, InboxOptions } from "./app.ts";
export type { Message } from "./message.ts";

/** Where an inbox listens, besides how it is set up. */
export interface InboxServerOptions extends InboxOptions {
  /** TCP port; 0 takes a free one. */
  port: number;
  /** Interface to bind, default 127.0.0.1. */
  hostname?: string;
  /** Stops the inbox when aborted. */
  signal?: AbortSignal;
}

/** An inbox that listens. */
export interface RunningInbox extends Inbox {
  /** Its address, without a slash at the end. */
  url: string;
}

/**
 * Starts the local stand-in of Resend with its viewer.
 *
 * @param options Port, key, file and limits.
 * @returns The running inbox; `stop()` ends it.
 * @throws {Deno.errors.AddrInUse} When the port is taken.
 */
export async function startInbox(options: InboxServerOptions): Promise<RunningInbox> {
  const inbox = await createInbox(options);
  const server = Deno.serve(
    { port: options.port, hostname: options.hostname ?? "127.0.0.1", onListen() {} },
    (request) => inbox.fetch(request),
  );

  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    return stopped ??= inbox.stop().then(() => server.shutdown());
  }
  options.signal?.addEventListener("abort", () => void stop(), { once: true });

  return { ...inbox, url: `http://localhost:${server.addr.port}`, stop };
}
