import assert from "node:assert/strict";
import { type Scan, scansOf } from "./explained.ts";
import { addSettledMembers, compareSweeps, DUE, makeDue, sweep } from "./many_members.ts";
import { type Outreach, withOutreach } from "./outreach.ts";

/** Tables that grow with the number of members. */
const GROWING = new Set(["profiles", "subscriptions", "engagement_email_sends", "audit_log"]);

/**
 * Rows of those tables that may be looked at for one mail, in all of its statements: to find it, to
 * check it again, to lock it, to mark it, and each time its person and membership.
 */
const MOST_ROWS_A_MAIL = 30;

Deno.test("of 100,000 memberships with 1,000 mails due the jobs read those that are due", async (t) => {
  await withOutreach(Date.now(), async (outreach) => {
    const { sql, database } = outreach;
    await addSettledMembers(sql, 100_000);
    const [, ratio = NaN] = await withFewMembers((few) => compareSweeps(outreach, few, 2));
    // A step, as its name is shown; machines differ too much to ask for a number.
    await t.step(`they take ${ratio.toFixed(2)} of the time among 10,000`, () => {});

    await makeDue(sql);
    const scans = await scansOf(database, async () => {
      await outreach.reconnect();
      assert.equal((await sweep(outreach)).sent, DUE);
    });
    const growing = scans.filter(({ table }) => GROWING.has(table));
    // Not only what comes first: every statement of theirs is there.
    for (const table of ["profiles", "subscriptions", "engagement_email_sends"]) {
      assert.ok(growing.some((scan) => scan.table === table && scan.rows > 0), table);
    }
    assert.deepEqual(growing.filter(({ kind }) => kind === "Seq Scan"), []);
    const rows = growing.reduce((sum, scan) => sum + scan.rows, 0);
    await t.step(`they read ${(rows / DUE).toFixed(1)} rows for each mail`, () => {
      assert.ok(rows <= MOST_ROWS_A_MAIL * DUE, `${rows} rows: ${worst(growing)}`);
    });
  });
});

/** What is measured against: the same with a tenth of the memberships. */
async function withFewMembers<T>(work: (few: Outreach) => Promise<T>): Promise<T> {
  return await withOutreach(Date.now(), async (few) => {
    await addSettledMembers(few.sql, 10_000);
    return await work(few);
  });
}

/** Statements that read most, one a line. */
function worst(scans: readonly Scan[]): string {
  const byStatement = new Map<string, number>();
  for (const { statement, table, kind, rows } of scans) {
    const key = `${kind} of ${table} in ${statement.slice(0, 200)}`;
    byStatement.set(key, (byStatement.get(key) ?? 0) + rows);
  }
  return [...byStatement].sort(([, one], [, other]) => other - one).slice(0, 8)
    .map(([key, rows]) => `\n${rows} ${key}`).join("");
}
