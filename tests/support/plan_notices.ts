/** What the server really did for a piece of work: the plans that it ran, which it tells as notices. */
import type { Notice, TransactionSql } from "postgres";

/** What a piece of work cost the server. */
export interface Cost {
  /** How tables were read, plan by plan: `Index Scan of claims`. */
  readonly scans: readonly string[];
  /** Rows that were looked at there, those that were not wanted included. */
  readonly rows: number;
  /** Pages of 8 kB that were looked at; by statements inside of functions twice. */
  readonly pages: number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

const SETTINGS: Readonly<Record<string, string>> = {
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_buffers": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_nested_statements": "on",
  "auto_explain.log_format": "json",
  "auto_explain.log_level": "notice",
};

/**
 * Has the server tell its plans for the rest of a transaction, whatever role that takes.
 *
 * @param tx The owner's transaction.
 */
export async function tellPlans(tx: TransactionSql): Promise<void> {
  await tx`load 'auto_explain'`;
  for (const [name, value] of Object.entries(SETTINGS)) {
    await tx`select set_config(${name}, ${value}, true)`;
  }
}

/**
 * Does a piece of work and adds up what it cost.
 *
 * @param tx The transaction, after {@linkcode tellPlans}.
 * @param notices What the server says; emptied here.
 * @param work What is done in the transaction.
 */
export async function costOf<T>(
  tx: TransactionSql,
  notices: Notice[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cost: Cost }> {
  // A plan is told when its statement is put away, which the next one causes.
  await tx`select`.simple();
  notices.length = 0;
  const result = await work();
  await tx`select`.simple();
  return { result, cost: addUp(notices.flatMap(planIn)) };
}

function planIn({ message = "" }: Notice): PlanNode[] {
  const head = /^duration: [\d.]+ ms {2}plan:\n/.exec(message)?.[0];
  return head === undefined ? [] : [JSON.parse(message.slice(head.length)).Plan];
}

function addUp(plans: readonly PlanNode[]): Cost {
  const reads = plans.flatMap(nodesOf).filter((node) => node["Relation Name"] !== undefined);
  return {
    scans: reads.map((node) => `${node["Node Type"]} of ${node["Relation Name"]}`),
    rows: reads.reduce((sum, node) => sum + rowsOf(node), 0),
    pages: plans.reduce(
      (sum, plan) => sum + plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
      0,
    ),
  };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(node: PlanNode): number {
  const each = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) +
    (node["Rows Removed by Index Recheck"] ?? 0);
  return each * node["Actual Loops"];
}
