/**
 * Whether the ports of a stack are free, and free ports for stacks of tests.
 */
import { type Ports, SettingsError } from "./settings.ts";

const NAMES: Record<keyof Ports, string> = {
  site: "the site",
  gateway: "the Supabase URL",
  postgres: "PostgreSQL",
  inbox: "the inbox",
  paddle: "the Paddle simulator",
};

/**
 * Makes sure that nothing else listens where a stack wants to.
 *
 * @param ports The wanted ports.
 * @throws {SettingsError} Naming the first port in use, what it is for, and `PORT_OFFSET`.
 */
export function requireFreePorts(ports: Ports): void {
  for (const [part, port] of Object.entries(ports) as [keyof Ports, number][]) {
    if (isFree(port)) continue;
    throw new SettingsError(
      `Port ${port} (${NAMES[part]}) is in use. Stop what listens there, or start beside it ` +
        `with another offset and folder: PORT_OFFSET=100 STATE_DIR=.local-100`,
    );
  }
}

/**
 * Five ports that were free a moment ago.
 *
 * @returns Ports for one stack.
 */
export function freePorts(): Ports {
  const listeners = Array.from(
    { length: 5 },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const [site = 0, gateway = 0, postgres = 0, inbox = 0, paddle = 0] = listeners.map((l) =>
    l.addr.port
  );
  for (const listener of listeners) listener.close();
  return { site, gateway, postgres, inbox, paddle };
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
