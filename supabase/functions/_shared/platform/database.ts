/**
 * The one way to reach data: a transaction that first takes a role and a person's claims.
 *
 * `begin`, the role and the first statements of the work travel together, without waiting for each
 * other; statements that are executed and not awaited travel together with `commit`. The login has no
 * rights of its own (`noinherit`), so a statement outside of a transaction could do nothing.
 */
import { asAnswered, isConnectionFailure } from "./database_failures.ts";
import { enter, type Identity, type ServiceRole } from "./enter.ts";
import { DatabaseUnavailable } from "./errors.ts";
import { type Connection, Pool } from "./postgres_pool.ts";
import { Statements, type Transaction } from "./transaction.ts";

export { isConnectionFailure, sqlState } from "./database_failures.ts";
export type { ServiceRole } from "./enter.ts";
export type { Transaction } from "./transaction.ts";

/** Whom a transaction acts for: a verified access token's subject and claims. */
export interface Claimant {
  /** `auth.users.id`, the `sub` of the token. */
  readonly userId: string;
  /** The token's verified payload, as policies read it through `auth.jwt()`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What is done inside a transaction; it rolls back if this rejects. */
export type Work<T> = (tx: Transaction) => Promise<T>;

/** Access to PostgreSQL under a role. */
export interface Database {
  /** Runs `work` as `authenticated` with the claims of a signed-in person. */
  asUser<T>(claimant: Claimant, work: Work<T>): Promise<T>;
  /** Runs `work` as `anon`, a visitor who is not signed in. */
  asAnon<T>(work: Work<T>): Promise<T>;
  /** Runs `work` as one of the service roles. */
  asService<T>(role: ServiceRole, work: Work<T>): Promise<T>;
  /** Refuses new work and closes the connections. */
  end(): Promise<void>;
}

/** Settings of {@link connectDatabase}; times in milliseconds. */
export interface DatabaseOptions {
  /** Most connections open at once; 10. */
  readonly poolSize?: number;
  /** Prepared statements; true. Set false only behind a pooler that cannot keep them: it costs a
   * round trip a statement. */
  readonly prepare?: boolean;
  /**
   * Longest a whole transaction may take as seen from here, a dead network included; 30 s. How long
   * a statement may run and wait for locks is set on the login in the database.
   */
  readonly transactionTimeout?: number;
  /** Longest wait for a connection; 5 s. */
  readonly connectTimeout?: number;
  /** Shown in `pg_stat_activity`; `interdomestik`. */
  readonly applicationName?: string;
}

/**
 * Prepares access to a database. Connections open when they are first needed.
 *
 * @param url Connection string of a login that may become the roles in use and nothing else.
 * @param options Pool size and timeouts.
 * @returns Access under a role.
 */
export function connectDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new Pool(url, {
    size: options.poolSize ?? 10,
    prepare: options.prepare ?? true,
    connectTimeout: options.connectTimeout ?? 5_000,
    idleTimeout: 60_000,
    maxAge: 30 * 60_000,
    applicationName: options.applicationName ?? "interdomestik",
  });
  const patience = options.transactionTimeout ?? 30_000;
  const as = <T>(identity: Identity, work: Work<T>) => transact(pool, patience, identity, work);
  return {
    asUser: (claimant, work) =>
      as({
        role: "authenticated",
        userId: claimant.userId,
        claims: JSON.stringify({
          ...claimant.claims,
          sub: claimant.userId,
          role: "authenticated",
        }),
      }, work),
    asAnon: (work) => as({ role: "anon" }, work),
    asService: (role, work) => as({ role }, work),
    end: () => pool.end(),
  };
}

async function transact<T>(
  pool: Pool,
  patience: number,
  identity: Identity,
  work: Work<T>,
): Promise<T> {
  const connection = await pool.acquire();
  try {
    const result = await unlessLost(
      pool,
      connection,
      patience,
      insideTransaction(connection, identity, work),
    );
    pool.release(connection);
    return result;
  } catch (error) {
    await rollback(pool, connection, error);
    throw asAnswered(error);
  }
}

/** What `answer` becomes, unless the connection is lost or `patience` (milliseconds) runs out first. */
function unlessLost<T>(
  pool: Pool,
  connection: Connection,
  patience: number,
  answer: PromiseLike<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const callOff = pool.deadlines.set(
    patience,
    () => reject(new DatabaseUnavailable(new Error(`no answer within ${patience} ms`))),
  );
  connection.onLost = reject;
  const end = () => {
    callOff();
    connection.onLost = undefined;
  };
  answer.then(resolve, reject);
  return promise.finally(end);
}

async function insideTransaction<T>(
  connection: Connection,
  identity: Identity,
  work: Work<T>,
): Promise<T> {
  const sent = new Statements(connection);
  for (const statement of enter(connection.sql, identity)) sent.send(statement);
  try {
    const result = await Promise.race([work(sent.open()), sent.refused]);
    sent.close();
    await sent.settled(sent.send(connection.sql`commit`));
    return result;
  } finally {
    sent.close();
  }
}

/** Ends the transaction, or the connection where that cannot be known to have worked. */
async function rollback(pool: Pool, connection: Connection, error: unknown): Promise<void> {
  if (connection.isOutOfStep || isConnectionFailure(error)) return pool.discard(connection);
  try {
    await unlessLost(pool, connection, 5_000, connection.sql`rollback`);
    pool.release(connection);
  } catch {
    // The first error is the one to report; this connection is not used again.
    pool.discard(connection);
  }
}
