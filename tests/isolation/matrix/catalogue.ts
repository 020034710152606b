/**
 * What the database really has, to be compared with what is declared.
 */
import type { TransactionSql } from "postgres";
import { type Declaration, holderOf, HOLDERS, ROLES, type TableRules } from "./declaration.ts";
import type { World } from "./trial.ts";

/** A column of a table or view. */
export interface Column {
  readonly table: string;
  readonly name: string;
  /** Computed or counted by PostgreSQL. */
  readonly isMade: boolean;
  readonly isView: boolean;
  readonly isTenant: boolean;
  /** Says whose the row is: its tenant, or a person. */
  readonly isWhose: boolean;
}

/** What there is. */
export interface Catalogue {
  readonly columns: readonly Column[];
  /** Functions of ours that somebody may run, with their schema unless it is `public`. */
  readonly functions: readonly string[];
}

/**
 * Reads tables, views, columns and functions.
 *
 * @param tx A transaction of the owner.
 */
export async function readCatalogue(tx: TransactionSql): Promise<Catalogue> {
  const columns = await tx<Column[]>`
    select
      case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end as "table",
      quote_ident(a.attname) as name,
      a.attgenerated <> '' or a.attidentity = 'a' as "isMade",
      c.relkind in ('v', 'm') as "isView",
      a.attname = 'tenant_id' as "isTenant",
      a.attname = 'tenant_id' or (
        a.atttypid = 'uuid'::regtype
        and (
          a.attname ~ '(_by|_to|^sender_id|^actor_id|^owner)$'
          or exists (
            select from pg_constraint as k
            where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey)
              and k.confrelid in ('public.profiles'::regclass, 'auth.users'::regclass)
          )
        )
      ) as "isWhose"
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    where (n.nspname = 'public' or c.oid = 'storage.objects'::regclass)
      and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
    order by 1, a.attnum`;
  const functions = await tx<{ name: string }[]>`
    select distinct
      case when p.pronamespace = 'public'::regnamespace then '' else 'private.' end || p.proname as name
    from pg_proc as p
    cross join unnest(${Object.values(HOLDERS)}::text[]) as holder
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and has_function_privilege(holder, p.oid, 'execute')
      and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
    order by 1`;
  return { columns, functions: functions.map((row) => row.name) };
}

/** What is missing in the declaration, and what it names that is not there; one line each. */
export function gapsOf(
  declaration: Declaration,
  catalogue: Catalogue,
  world: World,
): string[] {
  const gaps: string[] = [];
  const real = Map.groupBy(catalogue.columns, (column) => column.table);
  for (const [name, columns] of real) {
    const table = declaration.tables.find((one) => one.name === name);
    if (table === undefined) {
      gaps.push(
        `${name} has no cells: add "table ${name}" with its columns and a grid to ` +
          "tests/isolation/matrix/access.txt, and rows of it to world.sql",
      );
      continue;
    }
    gaps.push(...columnGaps(table, columns.map((column) => column.name)));
    gaps.push(...gridGaps(table, world, columns[0]?.isView ?? false));
  }
  for (const table of declaration.tables) {
    if (!real.has(table.name)) gaps.push(`${table.name}: there is no such table any more`);
  }
  return [...gaps, ...functionGaps(declaration, catalogue)];
}

function columnGaps(table: TableRules, columns: readonly string[]): string[] {
  const declared = table.groups.flatMap((group) => group.columns);
  return [
    ...columns.filter((column) => !declared.includes(column)).map((column) =>
      `${table.name}.${column} has no rights declared: put it into a group of columns in access.txt`
    ),
    ...declared.filter((column) => !columns.includes(column)).map((column) =>
      `${table.name}.${column}: there is no such column any more`
    ),
    ...declared.filter((column, place) => declared.indexOf(column) !== place).map((column) =>
      `${table.name}.${column} is in two groups`
    ),
  ];
}

function gridGaps(table: TableRules, world: World, isView: boolean): string[] {
  const gaps: string[] = [];
  const changeable = table.groups.filter((group) =>
    [...group.rights.values()].some((rights) => rights.has("change"))
  );
  const wants = [
    ["select"],
    ["insert"],
    ["delete"],
    ...(changeable.length === 0 ? [["update"]] : changeable.map((group) => ["update", group.name])),
  ];
  for (const [action, name] of wants) {
    for (const kind of table.kinds.keys()) {
      const lines = table.lines.filter((line) =>
        line.actions.some((one) => one === action) && line.kinds.includes(kind) &&
        (name === undefined || line.names.includes(name))
      );
      const what = `${action}${name === undefined ? "" : ` ${name}`} of ${kind}`;
      // Some kinds of rows only come about by what happens to others.
      if (lines.length === 0 && action === "insert") continue;
      if (lines.length === 0) gaps.push(`${table.name}: the grid has no line "${what}"`);
      if (lines.length > 1) gaps.push(`${table.name}: the grid has two lines for "${what}"`);
    }
  }
  for (const kind of table.kinds.keys()) {
    if (!world.rows.some((row) => row.tbl === table.name && row.kind === kind)) {
      gaps.push(`${table.name}: world.sql makes no row of the kind ${kind}`);
    }
  }
  return isView ? gaps : [...gaps, ...contradictions(table)];
}

/** A grid says "-" exactly for those who have no right on any of the columns. */
function contradictions(table: TableRules): string[] {
  const needs = { select: "read", insert: "add", update: "change" } as const;
  return table.lines.flatMap((line) =>
    line.actions.flatMap((action) => {
      if (action === "delete" || action === "call") return [];
      const groups = action === "update" && line.names.length > 0
        ? table.groups.filter((group) => line.names.includes(group.name))
        : table.groups;
      if (groups.length === 0) return [`${table.name}: "${line.label}" names no group of columns`];
      return ROLES.filter((role) =>
        line.cells[role].right !==
          groups.some((group) => group.rights.get(holderOf(role))?.has(needs[action]))
      ).map((role) =>
        `${table.name}: "${line.label}" and the columns disagree whether ${role} has a right`
      );
    })
  );
}

function functionGaps(declaration: Declaration, catalogue: Catalogue): string[] {
  const called = new Set(
    declaration.tables.flatMap((table) =>
      table.lines.filter((line) => line.actions.includes("call")).flatMap((line) => line.names)
    ),
  );
  return [
    ...catalogue.functions
      .filter((name) => !called.has(name) && !declaration.elsewhere.has(name))
      .map((name) =>
        `${name}() may be run by somebody: add a line "call ${name}" to the grid of the table that ` +
        'it is about, or say under "elsewhere" in access.txt where it is looked at'
      ),
    ...[...called, ...declaration.elsewhere.keys()]
      .filter((name) => !catalogue.functions.includes(name))
      .map((name) => `${name}(): there is no such function that anybody may run`),
  ];
}
