/** Stands where the site would: `/api/health` leads to the function, or to another one in its place. */
import type { Stack } from "../../local/stack.ts";

/** The way in. */
export interface Doorway {
  /** Answers in place of the stack's own function while it is set. */
  instead: ((path: string) => Response | Promise<Response>) | null;
  close(): Promise<void>;
}

/**
 * Opens it on the port of a stack that has no site.
 *
 * @param stack The stack.
 */
export function openDoorway(stack: Stack): Doorway {
  const door: Doorway = { instead: null, close: () => server.shutdown() };
  const server = Deno.serve(
    { port: stack.settings.ports.site, hostname: "127.0.0.1", onListen: () => {} },
    async () => {
      if (door.instead !== null) return await door.instead("/health");
      const answer = await fetch(`${stack.env["SUPABASE_URL"]}/functions/v1/health`);
      return new Response(await answer.text(), { status: answer.status });
    },
  );
  return door;
}
