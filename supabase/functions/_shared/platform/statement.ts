/**
 * A statement as it is written down, and its text as it is sent. postgres.js makes a query with a
 * promise of its own of every fragment, and finds out what a list of columns is for by searching the
 * text nine times; for an event of Paddle's that took as long as reading it and deciding about it.
 */
import type postgres from "postgres";

/** What stands between the texts: a value, a fragment, several fragments, or columns with values. */
type Part = unknown;

/** A statement's text with `$1`, `$2`, … and the values for them. */
export interface Wording {
  readonly text: string;
  readonly values: unknown[];
}

/** Columns with their values, for `insert into t ${…}` and `update t set ${…}`. */
export class Columns {
  constructor(readonly row: Readonly<Record<string, unknown>>, readonly names: readonly string[]) {}
}

/** A statement that is sent when it is executed or awaited, or a fragment of one that is. */
export class Statement implements PromiseLike<postgres.RowList<postgres.Row[]>> {
  #answer: Promise<postgres.RowList<postgres.Row[]>> | undefined;

  /**
   * @param texts The texts of a tagged template.
   * @param parts What stands between them.
   * @param send Sends a statement and gives back its answer.
   */
  constructor(
    readonly texts: readonly string[],
    readonly parts: readonly Part[],
    readonly send: (statement: Statement) => Promise<postgres.RowList<postgres.Row[]>>,
  ) {}

  /** Sends it now, if it was not sent yet. */
  execute(): this {
    this.#answer ??= this.send(this);
    return this;
  }

  /** Sends it, if it was not sent yet, and waits for its answer. */
  then<T, U>(
    resolve?: ((rows: postgres.RowList<postgres.Row[]>) => T | PromiseLike<T>) | null,
    reject?: ((error: unknown) => U | PromiseLike<U>) | null,
  ): Promise<T | U> {
    return (this.#answer ??= this.send(this)).then(resolve, reject) as Promise<T | U>;
  }

  /** Sends it, if it was not sent yet, and hands on what it failed with. */
  catch<U>(
    reject?: ((error: unknown) => U | PromiseLike<U>) | null,
  ): Promise<postgres.RowList<postgres.Row[]> | U> {
    return this.then(null, reject) as Promise<postgres.RowList<postgres.Row[]> | U>;
  }

  /** What is sent. */
  wording(): Wording {
    const values: unknown[] = [];
    return { text: write(this, values), values };
  }
}

function write({ texts, parts }: Statement, values: unknown[]): string {
  let text = texts[0] ?? "";
  for (let at = 0; at < parts.length; at++) {
    text += wordingOf(parts[at], text, values) + texts[at + 1];
  }
  return text;
}

function wordingOf(part: Part, before: string, values: unknown[]): string {
  if (part instanceof Statement) return write(part, values);
  if (part instanceof Columns) return listed(part, before, values);
  if (Array.isArray(part) && part[0] instanceof Statement) {
    return part.map((fragment) => write(fragment, values)).join(" ");
  }
  if (part === undefined) throw new TypeError("Undefined values cannot be sent");
  return `$${values.push(part)}`;
}

function listed({ row, names }: Columns, before: string, values: unknown[]): string {
  const columns = names.map(quoted);
  const places = names.map((name) => wordingOf(row[name], "", values));
  return /(?:^|\s)set\s*$/i.test(before)
    ? columns.map((column, at) => `${column} = ${places[at]}`).join(", ")
    : `(${columns.join(", ")}) values (${places.join(", ")})`;
}

function quoted(name: string): string {
  return `"${name.replace(/[A-Z]/g, "_$&").toLowerCase().replaceAll('"', '""')}"`;
}
