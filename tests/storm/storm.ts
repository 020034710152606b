/**
 * A storm: members' lives as Paddle tells them, out of order and several times over, while the
 * function's processes are killed and PostgreSQL crashes; and whether it mattered.
 */
import { freePorts } from "../../local/ports.ts";
import { expectedState, type OwnedEvent } from "./expected_state.ts";
import { type FunctionProcess, serveWebhooks } from "./function_process.ts";
import { type Lives, playLives } from "./lives.ts";
import { bodyOf } from "./paddle_wire.ts";
import { makePeople, openCheckouts } from "./people.ts";
import { type Random, seededRandom } from "./random.ts";
import { brokenRules, readState } from "./read_state.ts";
import { type Delivery, sendAll, type SenderReport } from "./sender.ts";
import { differences } from "./state.ts";
import { type StormDatabase, withStormDatabase } from "./storm_database.ts";

/** How bad it gets. */
export interface StormOptions {
  readonly members: number;
  readonly events: number;
  /** Each event is delivered once up to so many times. */
  readonly mostDeliveries: number;
  readonly connections: number;
  /** Share of forged deliveries among all. */
  readonly forged: number;
  /** How often a process of the function is killed. */
  readonly kills: number;
  /** How often PostgreSQL crashes. */
  readonly crashes: number;
  /** The same seed gives the same lives and the same order. */
  readonly seed: number;
  /** Ends a storm that does not end by itself. */
  readonly deadlineMilliseconds: number;
}

/** What a storm showed. */
export interface StormReport {
  readonly deliveries: number;
  readonly forged: number;
  readonly sender: SenderReport;
  /** What the function logged last, where deliveries were lost. */
  readonly lastWords: readonly string[];
  readonly kills: number;
  readonly crashes: number;
  /** What differs from each event applied once and in order, one line each. */
  readonly differences: readonly string[];
  /** What may never be in the database, one line each. */
  readonly brokenRules: readonly string[];
  /** What there was to compare. */
  readonly compared: Readonly<Record<string, number>>;
}

/**
 * Lets a storm happen, on a database and processes of its own on 127.0.0.1.
 *
 * @param options How bad it gets.
 * @returns What it showed.
 */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  return await withStormDatabase(async (database) => {
    const random = seededRandom(options.seed);
    const members = await makePeople(database.sql, options.members, random);
    const lives = playLives(members, options.events, random);
    await openCheckouts(database.sql, lives.checkouts);
    const deliveries = deliveriesOf(lives, options, random);
    const processes: FunctionProcess[] = [];
    const { gateway, site } = freePorts();
    for (const port of [gateway, site]) processes.push(await serveWebhooks(port, database));
    const faults = planFaults(deliveries.length, options, database, processes);
    const sender = await sendAll(deliveries, {
      urls: processes.map(({ url }) => url),
      secret: database.env["PADDLE_WEBHOOK_SECRET_KEY"] ?? "",
      connections: options.connections,
      random,
      onProgress: faults.onProgress,
      deadlineMilliseconds: options.deadlineMilliseconds,
    });
    const happened = await faults.settled();
    return {
      deliveries: deliveries.length,
      forged: deliveries.filter(({ isForged }) => isForged).length,
      sender,
      lastWords: sender.lost.length === 0 ? [] : processes.flatMap(({ lastWords }) => lastWords()),
      ...happened,
      ...await judge(database, lives),
    };
  });
}

async function judge(database: StormDatabase, lives: Lives) {
  const actual = await readState(database.sql);
  const expected = expectedState(lives.told);
  return {
    differences: differences(actual, expected),
    brokenRules: await brokenRules(database.sql, lives.told.length),
    compared: Object.fromEntries(
      Object.entries(expected).map(([name, rows]) => [name, Object.keys(rows).length]),
    ),
  };
}

/**
 * Every event at least once, in no order, with forgeries of some of them in between. All that
 * happens to some members is told at once, so that events of one subject meet each other; of others
 * it is told over the whole storm, so that what was first may be told last.
 */
function deliveriesOf(lives: Lives, options: StormOptions, random: Random): Delivery[] {
  const moments = new Map<string, number>();
  const momentOf = ({ member }: OwnedEvent) => {
    const moment = moments.get(member.id) ?? (random.chance(0.5) ? random.next() : NaN);
    moments.set(member.id, moment);
    return Number.isNaN(moment) ? random.next() : moment + random.next() / 1_000_000;
  };
  const genuine = lives.told.flatMap((owned) => {
    const body = bodyOf(owned.event);
    const times = random.whole(1, options.mostDeliveries);
    return Array.from({ length: times }, () => ({ body, isForged: false, at: momentOf(owned) }));
  });
  const count = Math.round(genuine.length * options.forged / (1 - options.forged));
  const forged = Array.from({ length: count }, () => {
    const owned = random.pick(lives.told);
    const { event } = owned;
    // Some to the letter, so that a refused one must not stand in the way of the real one.
    const data = random.chance(0.5) ? event.data : { ...event.data, status: "canceled" };
    return { body: bodyOf({ ...event, data }), isForged: true, at: momentOf(owned) };
  });
  return [...genuine, ...forged].sort((one, other) => one.at - other.at);
}

/** Kills and crashes, spread evenly over the deliveries. */
function planFaults(
  deliveries: number,
  { kills, crashes }: StormOptions,
  { postgres }: StormDatabase,
  processes: readonly FunctionProcess[],
) {
  const happened = { kills: 0, crashes: 0 };
  const failures: unknown[] = [];
  /** Faults spread evenly; of one kind, each waits for the one before, of the other kind for none. */
  function spread(count: number, cause: (index: number) => Promise<void>) {
    let last = Promise.resolve();
    const happen = (index: number) => {
      last = last.then(() => cause(index)).catch((error) => void failures.push(error));
      return last;
    };
    return Array.from({ length: count }, (_, index) => ({
      after: Math.floor(deliveries * (index + 1) / (count + 1)),
      happen: () => happen(index),
    }));
  }
  const planned = [
    ...spread(kills, async (index) => {
      await processes[index % processes.length]?.killAndRestart();
      happened.kills++;
    }),
    ...spread(crashes, async () => {
      await postgres.crashAndRestart();
      happened.crashes++;
    }),
  ].sort((one, other) => one.after - other.after);
  const running: Promise<void>[] = [];
  return {
    onProgress(done: number): void {
      for (let due = planned[0]; due !== undefined && due.after <= done; due = planned[0]) {
        running.push(due.happen());
        planned.shift();
      }
    },
    async settled() {
      await Promise.all(running);
      if (failures.length > 0) throw failures[0];
      return happened;
    },
  };
}
