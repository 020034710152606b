/** An inbox that fails a third of all calls, and tells who is calling at the worst moments. */
import { createHash } from "node:crypto";
import type { FaultKind } from "../../local/inbox/faults.ts";
import type { RunningInbox } from "../../local/inbox/server.ts";

/** When a caller dies: with the call under way, taken but not answered, or just answered. */
export type Moment = "called" | "taken" | "answered";

/** What {@link openFailingInbox} needs. */
export interface FailingInboxOptions {
  readonly inbox: RunningInbox;
  /** How many callers there are; each has an address of its own. */
  readonly callers: number;
  /** By number of the call, from 0: the caller is to die then. */
  readonly deaths: ReadonlyMap<number, Moment>;
  /** Ends a caller at once. */
  readonly kill: (caller: number) => Promise<void>;
}

/** A front of an inbox. */
export interface FailingInbox {
  /** Address for each caller. */
  readonly urls: readonly string[];
  readonly calls: number;
  /** How often each fault struck. */
  readonly struck: Readonly<Record<string, number>>;
  /** Idempotency keys that came with different bytes. */
  readonly changed: ReadonlySet<string>;
  close(): Promise<void>;
}

const KINDS: readonly FaultKind[] = ["500", "429", "hang_after_accept", "500_after_accept"];

/** Puts itself before an inbox; every third call fails, one way after the other. */
export function openFailingInbox(options: FailingInboxOptions): FailingInbox {
  const { inbox, callers, deaths, kill } = options;
  const struck: Record<string, number> = {};
  const bodies = new Map<string, string>();
  const changed = new Set<string>();
  let calls = 0;

  async function take(request: Request, caller: number): Promise<Response> {
    const body = await request.text().catch(() => null);
    if (body === null) return new Response(null, { status: 400 }); // The caller died while speaking.
    const call = calls++;
    const death = deaths.get(call);
    note(request.headers.get("idempotency-key") ?? "", body);
    if (death === "called") {
      await kill(caller);
      return new Response(null, { status: 500 });
    }
    if (call % 3 === 2) {
      const kind = KINDS[(call - 2) / 3 % KINDS.length] ?? "500";
      struck[kind] = (struck[kind] ?? 0) + 1;
      inbox.faults.add({ kind, count: 1 });
    }
    const path = new URL(request.url).pathname;
    const answer = await inbox.fetch(
      new Request(`http://inbox.test${path}`, {
        method: request.method,
        headers: request.headers,
        body,
        signal: request.signal,
      }),
    );
    if (death === "taken") await kill(caller);
    if (death === "answered") setTimeout(() => void kill(caller), 2);
    return answer;
  }

  function note(key: string, body: string): void {
    const hash = createHash("sha256").update(body).digest("hex");
    if (bodies.has(key) && bodies.get(key) !== hash) changed.add(key);
    bodies.set(key, hash);
  }

  const servers = Array.from({ length: callers }, (_, caller) =>
    Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => take(request, caller),
    ));
  return {
    urls: servers.map(({ addr }) => `http://127.0.0.1:${addr.port}`),
    get calls() {
      return calls;
    },
    struck,
    changed,
    async close() {
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  };
}
