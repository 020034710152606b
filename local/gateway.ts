/**
 * The Supabase URL: one port for Auth, Data API, Storage, edge functions and the Studio page.
 */
import type { Functions } from "./functions.ts";
import type { Supabase } from "./supabase_lite.ts";

/** The listening gateway. */
export interface Gateway {
  stop(): Promise<void>;
}

/** Options of {@linkcode startGateway}. */
export interface GatewayOptions {
  readonly port: number;
  readonly supabase: Supabase;
  readonly functions: Functions;
  readonly report: (error: unknown) => void;
}

/**
 * Starts the gateway on loopback.
 *
 * @param options Port and the services behind it.
 * @returns The listening gateway.
 */
export function startGateway(options: GatewayOptions): Gateway {
  const { supabase, functions, report } = options;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: options.port,
    onListen: () => {},
    onError(error) {
      report(error);
      return Response.json({ error: { code: "INTERNAL", message: "Internal error" } }, {
        status: 500,
      });
    },
  }, (request, info) => {
    const { pathname } = new URL(request.url);
    return pathname.startsWith("/functions/v1/")
      ? functions.fetch(request, info.remoteAddr.hostname)
      : supabase.fetch(request, info.remoteAddr.hostname);
  });
  return {
    async stop() {
      await server.shutdown();
    },
  };
}
