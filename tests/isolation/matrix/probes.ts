/**
 * What is tried for each cell of the matrix.
 */
import { CALLS, CHANGES, INSERTS } from "./attempts.ts";
import type { Catalogue } from "./catalogue.ts";
import {
  type Action,
  type Cell,
  type Holder,
  holderOf,
  HOLDERS,
  type Line,
  type TableRules,
} from "./declaration.ts";
import { type Actor, means, wanted, type WorldRow } from "./reach.ts";
import type { World } from "./trial.ts";

/** One statement in somebody's name. */
export interface Probe {
  readonly actor: Actor;
  readonly sql: string;
  readonly wanted: string;
  /** For the message when it ends otherwise. */
  readonly what: string;
  /** The cell that is tried, to tell all that is wrong with one in one line. */
  readonly cell: string;
}

/** Ends as it likes. */
export const ANYHOW = "anyhow";
/** Ends as the probe before it did, to the number of rows. */
export const AS_BEFORE = "as before";

const quote = (value: string | null) =>
  value === null ? "null" : `'${value.replaceAll("'", "''")}'`;

/** Puts the facts of a row into a statement. */
export function fill(sql: string, row: WorldRow): string {
  return sql.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === "own" ? row.own : row.facts[name];
    if (value === undefined) {
      throw new Error(`world.sql tells no {${name}} of ${row.tbl} ${row.kind}, wanted by ${sql}`);
    }
    return quote(value);
  });
}

function insertFor(table: string, kind: string, actor: Actor): string {
  const written = INSERTS[`${table} ${kind}`] ?? INSERTS[table];
  const sql = written?.[holderOf(actor.role)];
  if (sql === undefined) {
    throw new Error(`attempts.ts: say what ${actor.role} would insert into ${table} (${kind})`);
  }
  return sql;
}

/** What is set in a row; nothing else is asked of a column that may not be changed. */
function changeTo(column: string, table: TableRules, cell: Cell, row: WorldRow): string {
  const change = CHANGES[`${table.name} ${row.kind}`]?.[column] ??
    CHANGES[table.name]?.[column] ?? `${column} = ${cell.right ? column : "default"}`;
  return `update ${table.name} set ${fill(change, row)}`;
}

/** The columns that a line is about; the first one of all, where nobody may change any. */
function columnsOf(table: TableRules, line: Line): readonly string[] {
  if (line.names.length === 0) return table.groups[0]?.columns.slice(0, 1) ?? [];
  return table.groups.filter((group) => line.names.includes(group.name))
    .flatMap((group) => group.columns);
}

function statement(
  action: Exclude<Action, "update">,
  table: TableRules,
  line: Line,
  actor: Actor,
  row: WorldRow,
): string {
  switch (action) {
    case "select":
      return `select from ${table.name} where ${row.place}`;
    case "insert":
      return line.cells[actor.role].right
        ? fill(insertFor(table.name, row.kind, actor), row)
        : `insert into ${table.name} default values`;
    case "delete":
      return `delete from ${table.name} where ${row.place}`;
    case "call": {
      const name = line.names[0] ?? "";
      const sql = CALLS[`${name} ${row.kind}`] ?? CALLS[name];
      if (sql === undefined) throw new Error(`attempts.ts: say how ${name} is called`);
      return fill(sql, row);
    }
  }
}

/**
 * The rows that an actor tries: each that is of another kind or nearer to them, or further away.
 * Where there is no right, no row is looked at; one of each kind is enough.
 */
function rowsFor(line: Line, actor: Actor, rows: readonly WorldRow[]): WorldRow[] {
  const { right } = line.cells[actor.role];
  const tried = new Map<string, WorldRow>();
  for (const row of rows) {
    const near = ["own", "care", "branch", "tenant"].map((word) => means(word, actor, row));
    const key = `${row.kind} ${row.place === "false"} ${right ? near : ""}`;
    if (!tried.has(key)) tried.set(key, row);
  }
  return [...tried.values()];
}

/** Every cell of a table's grid, for a row of every kind and nearness. */
export function rowProbes(table: TableRules, world: World): Probe[] {
  const probes: Probe[] = [];
  for (const line of table.lines) {
    for (const action of line.actions) {
      const rows = world.rows.filter((row) =>
        row.tbl === table.name && line.kinds.includes(row.kind) &&
        (row.place !== "false" || action === "insert")
      );
      const beyond = line.beyond ?? (action === "insert" ? "policy" : "hidden");
      for (const actor of world.actors) {
        const cell = line.cells[actor.role];
        for (const row of rowsFor(line, actor, rows)) {
          const ending = wanted(cell, actor, row, beyond);
          const columns = action === "update" ? columnsOf(table, line) : [];
          const sqls = action !== "update"
            ? [statement(action, table, line, actor, row)]
            // Whether a row is found does not depend on the column.
            : (ending === "hidden" ? columns.slice(0, 1) : columns)
              .map((column) => `${changeTo(column, table, cell, row)} where ${row.place}`);
          for (const sql of sqls) {
            probes.push({
              actor,
              sql,
              wanted: ending,
              what: `${action} ${row.kind} of ${row.whose}`,
              cell: `${table.name}: ${line.label}, ${actor.role} ${cell.text}`,
            });
          }
        }
      }
    }
  }
  return probes;
}

/**
 * Changing and deleting without saying which rows. A statement that names no column is not held to
 * the policies for reading, so it must reach no more rows than one that does.
 */
export function blindProbes(table: TableRules, world: World, catalogue: Catalogue): Probe[] {
  const some = catalogue.columns.find((column) => column.table === table.name)?.name;
  return table.lines.flatMap((line) =>
    world.actors.filter((actor) => line.cells[actor.role].right).flatMap((actor) => {
      const statements = line.actions.includes("delete")
        ? [`delete from ${table.name}`]
        : line.actions.includes("update")
        ? columnsOf(table, line).slice(0, 1).map((column) =>
          `update ${table.name} set ${column} = default`
        )
        : [];
      return statements.flatMap((sql): Probe[] => [
        {
          actor,
          sql: `${sql} where ${some} is not null`,
          wanted: ANYHOW,
          what: "with a condition",
          cell: `${table.name}: ${line.label}`,
        },
        {
          actor,
          sql,
          wanted: AS_BEFORE,
          what: "without a condition",
          cell: `${table.name}: ${line.label}, all rows at once by ${actor.role}`,
        },
      ]);
    })
  );
}

/** Every column of a table, for every role of the database. */
export function columnProbes(table: TableRules, world: World, catalogue: Catalogue): Probe[] {
  const probes: Probe[] = [];
  const columns = catalogue.columns.filter((column) => column.table === table.name);
  for (const [holder, takes] of Object.entries(HOLDERS)) {
    const actor = world.actors.find((one) => one.takes === takes);
    if (actor === undefined) throw new Error(`nobody takes ${takes}`);
    for (const { name, isMade, isView } of columns) {
      const group = table.groups.find((one) => one.columns.includes(name));
      const rights = group?.rights.get(holder as Holder);
      const attempts = {
        read: `select ${name} from ${table.name} where false`,
        add: isMade
          ? `insert into ${table.name} (${name}) values (default)`
          : `insert into ${table.name} (${name})
             select (jsonb_populate_record(null::${table.name}, '{}')).${name} where false`,
        change: `update ${table.name} set ${name} = default where false`,
      };
      for (const [right, sql] of Object.entries(attempts)) {
        // A view that joins cannot be written to by anybody, which PostgreSQL says first.
        if (isView && right !== "read") continue;
        const has = rights?.has(right as "read") ?? false;
        probes.push({
          actor,
          sql,
          wanted: !has ? "no right" : isMade && right === "add" ? "policy" : "hidden",
          what: `${right} ${name}`,
          cell: `${table.name}: column ${name}, ${holder} ${has ? "may" : "may not"} ${right}`,
        });
      }
    }
  }
  return probes;
}

/** Moving rows to another tenant or person, by everybody, on a row of each person. */
export function movingProbes(table: TableRules, world: World, catalogue: Catalogue): Probe[] {
  const probes: Probe[] = [];
  const rows = world.rows.filter((row) => row.tbl === table.name && row.place !== "false");
  const columns = catalogue.columns.filter((column) =>
    column.table === table.name && column.isWhose && !column.isView
  );
  for (const actor of world.actors) {
    const row = rows.find((one) => one.own !== null && one.own === actor.id) ?? rows[0];
    if (row === undefined) continue;
    for (const { name, isTenant } of columns) {
      const group = table.groups.find((one) => one.columns.includes(name));
      // Whoever may change the column has a line in the grid.
      if (group?.rights.get(holderOf(actor.role))?.has("change")) continue;
      const value = isTenant ? `'${row.tenant === "mk" ? "ks" : "mk"}'` : "gen_random_uuid()";
      probes.push({
        actor,
        sql: `update ${table.name} set ${name} = ${value} where ${row.place}`,
        wanted: "no right",
        what: `re-point ${name} of ${row.whose}`,
        cell: `${table.name}: re-point ${name}, ${actor.role}`,
      });
    }
  }
  return probes;
}
