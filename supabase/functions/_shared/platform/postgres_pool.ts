/**
 * A pool of PostgreSQL connections, each used by one transaction at a time.
 *
 * postgres.js has a pool of its own, but its `begin` waits for an answer before the first statement
 * may be sent, and its `reserve` neither tells when the connection is lost nor survives being
 * released afterwards. Here each place holds a client with one connection, reserved for life: `begin`,
 * the role and the first statements travel together, and a lost connection ends its transaction at
 * once and is thrown away.
 */
import postgres from "postgres";
import { type CallOff, Deadlines } from "./deadlines.ts";
import { DatabaseUnavailable } from "./errors.ts";

/** SQL as postgres.js speaks it, with `bigint` columns read as numbers. */
export type Sql = postgres.ReservedSql<{ bigint: number }>;

/** How many connections there are and how long anything may take; times in milliseconds. */
export interface PoolOptions {
  /** Most connections open at once. */
  readonly size: number;
  /** Prepared statements; off only behind a pooler that cannot keep them. */
  readonly prepare: boolean;
  /** How long to wait for a new connection, and for a free place. */
  readonly connectTimeout: number;
  /** A connection without work for this long is closed. */
  readonly idleTimeout: number;
  /** A connection this old is replaced, so that a pooler can rebalance. */
  readonly maxAge: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

/** One connection, lent to one transaction. */
export interface Connection {
  /** Statements sent here run in order; sending does not wait for earlier answers. */
  readonly sql: Sql;
  /** Called when the connection is lost; for whoever has it on loan to set. */
  onLost: ((error: DatabaseUnavailable) => void) | undefined;
  /** Set when a statement failed before it was sent: answers may no longer match statements. */
  isOutOfStep: boolean;
}

interface Place extends Connection {
  readonly client: postgres.Sql<{ bigint: number }>;
  readonly openedAt: number;
  alive: boolean;
  /** While it has no work. */
  keepOpen: CallOff | undefined;
}

interface Waiter {
  readonly take: (place: Place) => void;
  readonly fail: (error: unknown) => void;
  readonly callOff: CallOff;
}

/** Lends connections and takes them back. */
export class Pool {
  readonly #url: string;
  readonly #options: PoolOptions;
  /** How long transactions, those who wait for a connection, and idle connections may take. */
  readonly deadlines = new Deadlines();
  readonly #idle: Place[] = [];
  readonly #busy = new Set<Place>();
  readonly #waiting: Waiter[] = [];
  #opening = 0;
  #ended = false;

  constructor(url: string, options: PoolOptions) {
    this.#url = url;
    this.#options = options;
  }

  /**
   * Lends a connection: the one used last, else a new one, else the next one given back.
   *
   * @returns A connection to hand to `release` or `discard`.
   * @throws {DatabaseUnavailable} If none can be opened, or none is free in time.
   */
  async acquire(): Promise<Connection> {
    if (this.#ended) throw new DatabaseUnavailable(new Error("the pool has ended"));
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      idle.keepOpen?.();
      this.#busy.add(idle);
      return idle;
    }
    if (this.#idle.length + this.#busy.size + this.#opening < this.#options.size) {
      return await this.#open();
    }
    return await new Promise<Place>((take, fail) => {
      const callOff = this.deadlines.set(this.#options.connectTimeout, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        fail(new DatabaseUnavailable(new Error("every connection is busy")));
      });
      const waiter = { take, fail, callOff };
      this.#waiting.push(waiter);
    });
  }

  /**
   * Takes back a connection that is outside of any transaction.
   *
   * @param connection The connection, in the state in which it was lent.
   */
  release(connection: Connection): void {
    const place = this.#ownPlace(connection);
    const tooOld = performance.now() - place.openedAt > this.#options.maxAge;
    if (!place.alive || place.isOutOfStep || tooOld || this.#ended) return this.discard(place);
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      waiter.callOff();
      return waiter.take(place);
    }
    this.#busy.delete(place);
    place.keepOpen = this.deadlines.set(this.#options.idleTimeout, () => void this.#close(place));
    this.#idle.push(place);
  }

  /**
   * Closes a connection whose state is not known, and opens another for whoever waits.
   *
   * @param connection The connection to close.
   */
  discard(connection: Connection): void {
    const place = this.#ownPlace(connection);
    this.#close(place);
    const waiter = this.#waiting.shift();
    if (waiter === undefined) return;
    waiter.callOff();
    this.#open().then(waiter.take, waiter.fail);
  }

  /** Refuses new work, closes what is idle at once and the rest as it is given back. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const waiter of this.#waiting.splice(0)) {
      waiter.fail(new DatabaseUnavailable(new Error("the pool has ended")));
    }
    await Promise.all(this.#idle.splice(0).map((place) => this.#close(place)));
    this.#tidy();
  }

  /** No timer is left behind once the last connection is given back. */
  #tidy(): void {
    if (this.#ended && this.#busy.size === 0) this.deadlines.clear();
  }

  async #open(): Promise<Place> {
    this.#opening++;
    let place: Place | undefined;
    const client = postgres(this.#url, {
      max: 1,
      prepare: this.#options.prepare,
      "connect_timeout": this.#options.connectTimeout / 1000,
      "idle_timeout": 0,
      "max_lifetime": null,
      connection: { "application_name": this.#options.applicationName },
      transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
      types: { bigint: BIGINT, date: INSTANT },
      onnotice: () => {},
      onclose: () => {
        if (place !== undefined) this.#lose(place);
      },
    });
    try {
      const sql = await client.reserve();
      place = {
        client,
        sql,
        onLost: undefined,
        isOutOfStep: false,
        openedAt: performance.now(),
        alive: true,
        keepOpen: undefined,
      };
      this.#busy.add(place);
      return place;
    } catch (error) {
      // What kept it from opening is what is told.
      client.end({ timeout: 0 }).catch(() => {});
      throw new DatabaseUnavailable(error);
    } finally {
      this.#opening--;
    }
  }

  #lose(place: Place): void {
    place.alive = false;
    place.onLost?.(new DatabaseUnavailable(new Error("the connection was lost")));
    if (this.#idle.includes(place)) this.#close(place);
  }

  async #close(place: Place): Promise<void> {
    place.alive = false;
    place.keepOpen?.();
    this.#busy.delete(place);
    const at = this.#idle.indexOf(place);
    if (at !== -1) this.#idle.splice(at, 1);
    this.#tidy();
    await place.client.end({ timeout: 0 });
  }

  #ownPlace(connection: Connection): Place {
    for (const place of this.#busy) if (place === connection) return place;
    throw new Error("this connection is not lent out by this pool");
  }
}

/** Money in cents and counts fit a double; a larger value is a mistake worth hearing about. */
const BIGINT: postgres.PostgresType<number> = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  parse: (raw: string) => {
    const value = Number(raw);
    if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${raw} does not fit a number`);
    return value;
  },
};

/** postgres.js would cut a timestamp given as text down to milliseconds; Paddle sends microseconds. */
const INSTANT: postgres.PostgresType<Date> = {
  to: 1184,
  from: [1082, 1114, 1184],
  serialize: (value: Date | string) => typeof value === "string" ? value : value.toISOString(),
  parse: (raw: string) => new Date(raw),
};
