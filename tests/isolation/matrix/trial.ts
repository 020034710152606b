/**
 * Tries every cell of the matrix for real, and tells which end otherwise than declared.
 */
import { join } from "node:path";
import type { TransactionSql } from "postgres";
import { ANYHOW, AS_BEFORE, type Probe } from "./probes.ts";
import { type Actor, actorsOf, wordFor, type WorldPerson, type WorldRow } from "./reach.ts";

/** What came of all probes. */
export interface Verdict {
  readonly tried: number;
  /** One line each, in the order of the file. */
  readonly wrong: readonly string[];
  /** How often things ended how. */
  readonly endings: ReadonlyMap<string, number>;
}

/** The world that `world.sql` made. */
export interface World {
  readonly actors: readonly Actor[];
  readonly rows: readonly WorldRow[];
}

const here = (file: string) => Deno.readTextFile(join(import.meta.dirname ?? ".", file));

/**
 * Makes people and rows, inside a transaction that the caller rolls back.
 *
 * @param tx A transaction of the owner.
 * @returns Who and what there is.
 */
export async function makeWorld(tx: TransactionSql): Promise<World> {
  await tx.unsafe(await here("world.sql"));
  await tx.unsafe(await here("runner.sql"));
  const people = await tx<WorldPerson[]>`
    select name, id, tenant, role, branch from matrix_people order by name`;
  const rows = await tx<WorldRow[]>`
    select tbl, kind, whose, own, tenant, branch, care, place, facts from matrix_rows`;
  return { actors: actorsOf(people), rows };
}

/**
 * Runs probes, each undone at once.
 *
 * @param tx The transaction with the world.
 * @param probes What to try.
 */
export async function runProbes(tx: TransactionSql, probes: readonly Probe[]): Promise<Verdict> {
  const byActor = Map.groupBy(probes, (probe) => probe.actor);
  const trials = [...byActor].map(([actor, list]) => ({
    role: actor.takes,
    sub: actor.id ?? "",
    claims: JSON.stringify({
      ...(actor.id && { sub: actor.id }),
      // Of no session that is kept.
      ...(actor.name === "ended" && { session_id: crypto.randomUUID() }),
      role: actor.takes,
    }),
    statements: list.map((probe) => probe.sql),
  }));
  const [answer] = await tx<{ outcomes: string[][] }[]>`
    select pg_temp.try_all(${tx.json(trials)}) as outcomes`;
  const endings = new Map<string, number>();
  const wrong = new Map<string, string>();
  for (const [place, list] of [...byActor.values()].entries()) {
    for (const [index, probe] of list.entries()) {
      const outcome = answer?.outcomes[place]?.[index] ?? "nothing";
      const word = wordFor(outcome);
      endings.set(word, (endings.get(word) ?? 0) + 1);
      const before = answer?.outcomes[place]?.[index - 1];
      if (
        probe.wanted === word || probe.wanted === ANYHOW ||
        (probe.wanted === AS_BEFORE && outcome === before)
      ) continue;
      const told =
        `${probe.cell}: ${probe.what} by ${probe.actor.name}: declared ${probe.wanted}, ` +
        `got ${word}${/^\d+$/.test(outcome) ? "" : ` (${outcome})`}`;
      wrong.set(`${probe.cell} ${word}`, wrong.get(`${probe.cell} ${word}`) ?? told);
    }
  }
  return { tried: probes.length, wrong: [...wrong.values()], endings };
}
