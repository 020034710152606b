/** SQL inside one transaction: what may be sent, when, and what became of it. */
import type postgres from "postgres";
import type { Sql } from "./postgres_pool.ts";

/**
 * SQL inside one transaction: a tagged template whose values become parameters, rows come back with
 * camelCase names. A statement runs when it is awaited or `.execute()`d; executed and not awaited, it
 * is sent along with the commit and its error fails the transaction. Use after the end is refused.
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
  /** Rejects when a statement of the envelope fails: the role could not be taken. */
  readonly failed: Promise<never>;
  readonly #fail: (error: unknown) => void;
  readonly #pending: Promise<unknown>[] = [];
  #closed = false;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.failed = promise;
    this.#fail = reject;
  }

  /** Sends a statement now and counts it in. */
  add(statement: postgres.PendingQuery<postgres.Row[]>): void {
    const answer = statement.execute();
    answer.catch(this.#fail);
    this.#pending.push(answer);
  }

  /** Nothing may be sent from here on. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves when every statement was answered; rejects with the first failure. */
  async answered(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /**
   * SQL whose statements are counted in when they are sent. A fragment inside of another statement
   * is never sent itself, which is why the hook is on sending and not on making.
   */
  watch(sql: Sql): Transaction {
    const hook = <Q>(query: Q): Q => {
      if (isSendable(query)) {
        const send = query.handler;
        query.handler = (self) => {
          if (this.#closed) {
            return self.reject(new Error("this transaction has ended; its `tx` must not be used"));
          }
          const answer = Promise.resolve(query);
          answer.catch(() => {});
          this.#pending.push(answer);
          send(self);
        };
      }
      return query;
    };
    const tagged = (...args: Parameters<Sql>) => hook(sql(...args));
    return Object.assign(tagged, {
      array: sql.array,
      json: sql.json,
      typed: sql.typed,
      unsafe: (...args: Parameters<Sql["unsafe"]>) => hook(sql.unsafe(...args)),
    }) as unknown as Transaction;
  }
}

function isSendable(value: unknown): value is Sendable {
  return typeof value === "object" && value !== null &&
    typeof (value as Partial<Sendable>).handler === "function";
}
