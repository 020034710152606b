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
  /** The publishable and the secret key. */
  readonly keys: readonly string[];
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
    if (lacksKey(request, pathname, options.keys)) {
      return Response.json({ message: "Invalid API key" }, { status: 401 });
    }
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

/** Storage addresses that carry their own token, or none because they are public. */
const KEYLESS_STORAGE = /^\/storage\/v1\/(object|render\/image)\/(public|sign|upload\/sign)\//;

/** Auth and the Data API ask for a key themselves; the embedded Storage leaves that to its gateway. */
function lacksKey(request: Request, pathname: string, keys: readonly string[]): boolean {
  if (!pathname.startsWith("/storage/v1/") || KEYLESS_STORAGE.test(pathname)) return false;
  if (request.method === "OPTIONS") return false;
  return !keys.includes(request.headers.get("apikey") ?? "");
}
