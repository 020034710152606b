/** What the server really did for the functions' statements: the plans that it ran, out of its log. */
import { join } from "node:path";
import type { Sql } from "postgres";
import type { StormDatabase } from "../storm/storm_database.ts";

/** A node of a plan that read a table. */
export interface Scan {
  /** The statement, or the one inside of a function. */
  readonly statement: string;
  /** `Index Scan`, `Seq Scan` and so on. */
  readonly kind: string;
  readonly table: string;
  /** Rows that it looked at, those that it did not want included. */
  readonly rows: number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly PlanNode[];
}

const SETTINGS: Readonly<Record<string, string>> = {
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_nested_statements": "on",
  "auto_explain.log_format": "json",
};

/**
 * Has the server explain every statement of the functions' login while something is done.
 *
 * @param database The database.
 * @param work What is done; over connections that it opens itself.
 * @returns Every scan of a table.
 */
export async function scansOf(
  { sql, postgres }: StormDatabase,
  work: () => Promise<void>,
): Promise<Scan[]> {
  await explain(sql, true);
  const file = join(postgres.dataDir, "server.log");
  const before = (await Deno.stat(file)).size;
  await work();
  await explain(sql, false);
  const log = new TextDecoder().decode((await Deno.readFile(file)).subarray(before));
  return plansIn(log).flatMap(({ statement, plan }) => scansIn(statement, plan));
}

async function explain(sql: Sql, isWanted: boolean): Promise<void> {
  const set = (name: string, value: string) =>
    sql.unsafe(
      `alter role app_functions ${isWanted ? `set ${name} = '${value}'` : `reset ${name}`}`,
    );
  await set("session_preload_libraries", "auto_explain");
  for (const [name, value] of Object.entries(SETTINGS)) await set(name, value);
}

function plansIn(log: string): { statement: string; plan: PlanNode }[] {
  // An entry begins with the time; its other lines are indented.
  const entries = log.split(/\n(?=\d{4}-\d{2}-\d{2} )/);
  return entries.flatMap((entry) => {
    const match = /^\S+ \S+ \S+ \[\d+\] app_functions LOG: {2}duration: [\d.]+ ms {2}plan:\n/
      .exec(entry);
    if (match === null) return [];
    const { "Query Text": statement, Plan: plan } = JSON.parse(entry.slice(match[0].length));
    return [{ statement: statement.replaceAll(/\s+/g, " "), plan }];
  });
}

function scansIn(statement: string, node: PlanNode): Scan[] {
  const inner = (node.Plans ?? []).flatMap((child) => scansIn(statement, child));
  const kind = node["Node Type"];
  const table = node["Relation Name"];
  if (table === undefined || !kind.endsWith("Scan")) return inner;
  const each = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) +
    (node["Rows Removed by Index Recheck"] ?? 0);
  return [{ statement, kind, table, rows: each * node["Actual Loops"] }, ...inner];
}
