import assert from "node:assert/strict";
import { paddle } from "../functions/paddle_delivery.ts";
import { testWithDatabase } from "../functions/support.ts";
import { expectedState } from "./expected_state.ts";
import { playLives } from "./lives.ts";
import { bodyOf } from "./paddle_wire.ts";
import { makePeople, openCheckouts } from "./people.ts";
import { seededRandom } from "./random.ts";
import { readState } from "./read_state.ts";
import { differences, type State } from "./state.ts";

const LIVES = 10;

/** The part of what was found that is about what was expected, by ids. */
function about(found: State, expected: State): State {
  const transactions = new Set(Object.keys(expected.invoices));
  const keep = <T>(rows: Readonly<Record<string, T>>, isWanted: (id: string) => boolean) =>
    Object.fromEntries(Object.entries(rows).filter(([id]) => isWanted(id)));
  return {
    subscriptions: keep(found.subscriptions, (id) => Object.hasOwn(expected.subscriptions, id)),
    invoices: keep(found.invoices, (id) => transactions.has(id)),
    ledger: keep(found.ledger, (key) => transactions.has(key.split(" ")[0] ?? "")),
    commissions: keep(found.commissions, (id) => transactions.has(id)),
    customers: keep(found.customers, (id) => Object.hasOwn(expected.customers, id)),
  };
}

testWithDatabase(
  "any order of a member's events, some of them twice, ends in the same state",
  async (world) => {
    const { deliver } = paddle(world.db);
    for (let life = 0; life < LIVES; life++) {
      const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
      const random = seededRandom(seed);
      const members = await makePeople(world.sql, 1, random);
      const lives = playLives(members, 16, random);
      await openCheckouts(world.sql, lives.checkouts);
      let open = random.shuffle([...lives.told, ...lives.told.filter(() => random.chance(0.3))]);
      // What cannot be applied before something else has come is delivered again, as Paddle does.
      for (let pass = 0; open.length > 0; pass++) {
        assert.ok(pass < 20, `never applied, seed ${seed}: ${JSON.stringify(open[0]?.event)}`);
        const failed: typeof open = [];
        for (const one of open) {
          const [status] = await deliver(bodyOf(one.event));
          if (status !== 200) failed.push(one);
        }
        open = random.shuffle(failed);
      }
      const expected = expectedState(lives.told);
      const found = about(await readState(world.sql), expected);
      assert.deepEqual(differences(found, expected), [], `seed ${seed}`);
    }
  },
);
