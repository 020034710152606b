/** SQL inside one transaction: what may be sent, when, and what became of it. */
import type postgres from "postgres";
import { sqlState } from "./database_failures.ts";
import type { Connection, Sql } from "./postgres_pool.ts";

/**
 * SQL inside one transaction: a tagged template whose values become parameters, rows come back with
 * camelCase names. A statement runs when it is awaited or `.execute()`d; executed and not awaited, it
 * is sent along with the commit and its error fails the transaction. Use after the end is refused.
 * Several at once: `Promise.all([tx`…`, tx`…`])`, all sent without waiting for each other. Where their
 * order matters, `.execute()` each: that sends at once, awaiting sends a moment later.
 */
export interface Transaction
  extends Pick<postgres.ISql<{ bigint: number }>, "array" | "json" | "typed" | "unsafe"> {
  <T extends readonly (object | undefined)[] = postgres.Row[]>(
    template: TemplateStringsArray,
    ...parameters: readonly (postgres.ParameterOrFragment<number>)[]
  ): postgres.PendingQuery<T>;
  /** Columns and values for `insert into t ${tx(row)}` and `update t set ${tx(row)}`. */
  <T extends object>(
    values: T | readonly T[],
    ...columns: (keyof T & string)[]
  ): postgres.Helper<T>;
}

/** The part of postgres.js' query object that is not in its types: who is asked to send it. */
interface Sendable {
  handler: (query: Sendable) => void;
  reject: (error: unknown) => void;
}

/** The statements that one transaction has sent, and whether it may send more. */
export class Statements {
  /** Rejects when going on is pointless: the role was refused, or a statement could not be sent. */
  readonly refused: Promise<never>;
  readonly #refuse: (error: unknown) => void;
  readonly #pending: Promise<unknown>[] = [];
  readonly #failures: unknown[] = [];
  #closed = false;

  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.refused = promise;
    this.#refuse = reject;
  }

  /** Sends a statement of the envelope now. */
  send<T extends postgres.Row[]>(statement: postgres.PendingQuery<T>): postgres.PendingQuery<T> {
    const answer = statement.execute();
    answer.catch(this.#refuse);
    this.#count(answer);
    return answer;
  }

  /** Nothing may be sent from here on. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Waits until every statement was answered, `commit` the last of them.
   *
   * @param commit The statement that was to commit.
   * @throws What failed first, if that kept the transaction from being committed.
   */
  async settled(commit: PromiseLike<postgres.RowList<postgres.Row[]>>): Promise<void> {
    await Promise.race([Promise.allSettled(this.#pending), this.refused]);
    // After a failed statement COMMIT succeeds and says ROLLBACK; after one that was rolled back to
    // a savepoint it says COMMIT.
    if ((await commit).command === "COMMIT") return;
    throw this.#failures[0] ?? new Error("the transaction was rolled back");
  }

  /**
   * SQL whose statements are counted in when they are sent. A fragment inside of another statement
   * is never sent itself, which is why the hook is on sending and not on making.
   *
   * @returns SQL to hand to the transaction's work.
   */
  watch(): Transaction {
    const { sql } = this.#connection;
    const tagged = (...args: Parameters<Sql>) => this.#hook(sql(...args));
    return Object.assign(tagged, {
      array: sql.array,
      json: sql.json,
      typed: sql.typed,
      unsafe: (...args: Parameters<Sql["unsafe"]>) => this.#hook(sql.unsafe(...args)),
    }) as unknown as Transaction;
  }

  #hook<Q>(query: Q): Q {
    if (!isSendable(query)) return query;
    const send = query.handler;
    query.handler = (self) => {
      const answer = Promise.resolve(query);
      if (this.#closed) {
        answer.catch(() => {});
        return self.reject(new Error("this transaction has ended; its `tx` must not be used"));
      }
      this.#count(answer);
      send(self);
    };
    return query;
  }

  /** Failures are kept for the end; one that nobody awaits must not end the process. */
  #count(answer: Promise<unknown>): void {
    this.#pending.push(answer);
    answer.catch((error) => {
      this.#failures.push(error);
      if (sqlState(error) !== undefined) return;
      // It failed on our side, for instance over a value that cannot be sent; PostgreSQL knows
      // nothing of it, and further answers may be taken for its.
      this.#connection.isOutOfStep = true;
      this.#refuse(error);
    });
  }
}

function isSendable(value: unknown): value is Sendable {
  return typeof value === "object" && value !== null &&
    typeof (value as Partial<Sendable>).handler === "function";
}
