/** SQL inside one transaction: what may be sent, when, and what became of it. */
import type postgres from "postgres";
import { sqlState } from "./database_failures.ts";
import type { Connection } from "./postgres_pool.ts";
import { Columns, Statement } from "./statement.ts";

/**
 * SQL inside one transaction: a tagged template whose values become parameters, rows come back with
 * camelCase names. A statement runs when it is awaited or `.execute()`d; executed and not awaited, it
 * is sent along with the commit and its error fails the transaction. Use after the end is refused.
 * Several at once: `Promise.all([tx`…`, tx`…`])`, all sent without waiting for each other. Where their
 * order matters, `.execute()` each: that sends at once, awaiting sends a moment later.
 */
export interface Transaction extends Pick<postgres.ISql<{ bigint: number }>, "array" | "json"> {
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

/** Also without values, where postgres.js would take the simple protocol and plan it every time. */
const PREPARED = { prepare: true, simple: false };

type Answer = Promise<postgres.RowList<postgres.Row[]>>;

/** The statements that one transaction has sent, and whether it may send more. */
export class Statements {
  /** Rejects when going on is pointless: the role was refused, or a statement could not be sent. */
  readonly refused: Promise<never>;
  readonly #refuse: (error: unknown) => void;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { promise, reject } = Promise.withResolvers<never>();
    // Whoever waits for it is told; nobody has to wait.
    promise.catch(() => {});
    this.refused = promise;
    this.#refuse = reject;
  }

  /** Sends a statement of the envelope now. */
  send(statement: postgres.PendingQuery<postgres.Row[]>): Answer {
    const answer = this.#watch(statement.execute());
    answer.catch(this.#refuse);
    return answer;
  }

  /** Nothing may be sent from here on. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Waits for the end. Answers come in order, so what was sent before `commit` is answered by then.
   *
   * @param commit The statement that was to commit.
   * @throws What failed first, if that kept the transaction from being committed.
   */
  async settled(commit: Answer): Promise<void> {
    const { command } = await Promise.race([commit, this.refused]);
    // After a failed statement COMMIT succeeds and says ROLLBACK; after one that was rolled back to
    // a savepoint it says COMMIT.
    if (command === "COMMIT") return;
    throw this.#failure?.error ?? new Error("the transaction was rolled back");
  }

  /** SQL to hand to the transaction's work; its statements are watched from when they are sent. */
  open(): Transaction {
    const { sql } = this.#connection;
    const send = (statement: Statement) => this.#sendText(statement);
    const tagged = (first: TemplateStringsArray | Record<string, unknown>, ...rest: unknown[]) =>
      isTemplate(first)
        ? new Statement(first, rest, send)
        : new Columns(first, rest.length === 0 ? Object.keys(first) : rest as string[]);
    return Object.assign(tagged, { array: sql.array, json: sql.json }) as unknown as Transaction;
  }

  #sendText(statement: Statement): Answer {
    if (this.#closed) {
      const error = new Error("this transaction has ended; its `tx` must not be used");
      return quietly(Promise.reject(error));
    }
    try {
      const { text, values } = statement.wording();
      return this.#watch(this.#connection.sql.unsafe(text, values as never[], PREPARED).execute());
    } catch (error) {
      // Nothing was sent of it, but others may count on its having been.
      this.#refuse(error);
      return quietly(Promise.reject(error));
    }
  }

  /** The first failure is kept for the end; one that nobody awaits must not end the process. */
  #watch(answer: Answer): Answer {
    answer.catch((error) => {
      this.#failure ??= { error };
      if (sqlState(error) !== undefined) return;
      // It failed on our side, for instance over a value that cannot be sent; PostgreSQL knows
      // nothing of it, and further answers may be taken for its.
      this.#connection.isOutOfStep = true;
      this.#refuse(error);
    });
    return answer;
  }
}

function quietly(answer: Promise<never>): Promise<never> {
  // Told to whoever awaits it; a process does not end for one that nobody awaits.
  answer.catch(() => {});
  return answer;
}

function isTemplate(value: object): value is TemplateStringsArray {
  return Array.isArray(value);
}
