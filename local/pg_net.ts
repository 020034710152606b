/**
 * Stands in for pg_net's background worker: sends what `net.http_get` and its kin have queued.
 *
 * As with the real one, a request is sent after the transaction that queued it has committed,
 * its answer lands in `net._http_response`, and the queue is a nudge, not a promise.
 */
import type { Sql } from "postgres";

/** One row of `net.http_request_queue`. */
interface QueuedRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string> | null;
  readonly body: Uint8Array | null;
  readonly timeoutMilliseconds: number;
}

/** What became of a request. */
interface Reply {
  readonly status: number | null;
  readonly contentType: string | null;
  readonly headers: Record<string, string> | null;
  readonly content: string | null;
  readonly timedOut: boolean | null;
  readonly error: string | null;
}

/** The running worker. */
export interface PgNet {
  /** Finishes what is being sent and stops. */
  stop(): Promise<void>;
}

const BATCH = 200;
const POLL_MILLISECONDS = 2_000;

/**
 * Starts draining the queue.
 *
 * @param sql A connection as the database's owner.
 * @param report Told of a failure of the worker itself; a failed request is an answer, not that.
 * @returns The running worker.
 */
export async function startPgNet(sql: Sql, report: (error: unknown) => void): Promise<PgNet> {
  let stopped = false;
  let wanted = false;
  let working: Promise<void> | undefined;

  async function drain(): Promise<void> {
    do {
      wanted = false;
      let taken: number;
      do {
        const requests = await take(sql);
        taken = requests.length;
        await Promise.all(
          requests.map(async (request) => keep(sql, request.id, await send(request))),
        );
      } while (taken === BATCH && !stopped);
    } while (wanted && !stopped);
  }

  function wake(): void {
    wanted = true;
    if (stopped || working !== undefined) return;
    working = drain().catch(report).finally(() => {
      working = undefined;
    });
  }

  const listening = await sql.listen("pg_net", wake, wake);
  const poll = setInterval(wake, POLL_MILLISECONDS);
  return {
    async stop() {
      stopped = true;
      clearInterval(poll);
      await working;
      await listening.unlisten().catch(report);
    },
  };
}

function take(sql: Sql): Promise<QueuedRequest[]> {
  return sql<QueuedRequest[]>`
    delete from net.http_request_queue
    where id in (
      select id from net.http_request_queue order by id limit ${BATCH} for update skip locked
    )
    returning id, method::text, url, headers, body,
      timeout_milliseconds as "timeoutMilliseconds"`;
}

async function send(request: QueuedRequest): Promise<Reply> {
  const signal = AbortSignal.timeout(request.timeoutMilliseconds);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers ?? {},
      signal,
      ...(request.body === null ? {} : { body: Uint8Array.from(request.body) }),
    });
    const content = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get("content-type"),
      headers: Object.fromEntries(response.headers),
      content,
      timedOut: false,
      error: null,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      status: null,
      contentType: null,
      headers: null,
      content: null,
      timedOut: signal.aborted,
      error: signal.aborted ? `Timeout of ${request.timeoutMilliseconds} ms reached` : message,
    };
  }
}

async function keep(sql: Sql, id: string, reply: Reply): Promise<void> {
  const headers = reply.headers === null ? null : sql.json(reply.headers);
  await sql`
    insert into net._http_response
      (id, status_code, content_type, headers, content, timed_out, error_msg)
    values (${id}, ${reply.status}, ${reply.contentType}, ${headers}, ${reply.content},
      ${reply.timedOut}, ${reply.error})`;
}
