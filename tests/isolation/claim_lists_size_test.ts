/**
 * The staff's lists in a tenant with 200,000 claims: what the stores' own statements make the server
 * do, under the policies, for the first page and for the thousandth.
 */
import assert from "node:assert/strict";
import postgres, { type Notice } from "postgres";
import { type ClaimPage, EVERY_CLAIM, FIRST_PART, type ListPart } from "@core/claims/claim_list.ts";
import { FOUND_AT_MOST, listClaims } from "@core/claims/claim_list_store.ts";
import { FIGURE_CAP, isByDue, type QueueFilter } from "@core/claims/queue.ts";
import { readQueue, readQueueFigures } from "@core/claims/queue_store.ts";
import type { Transaction } from "@core/platform/database.ts";
import { demoId } from "../support/claims.ts";
import { addManyClaims, CLAIM_TABLES, type DeepPlaces } from "../support/many_claims.ts";
import { type Cost, costOf, tellPlans } from "../support/plan_notices.ts";
import { stackValue } from "../support/stack_env.ts";

const CLAIMS = 200_000;
const PER_PAGE = 25;
/** Rows and pages of any table, those of the policies and of members' names included. */
const MOST_ROWS = 20 * PER_PAGE;
const MOST_PAGES = 40 * PER_PAGE;

interface House {
  /** Somebody of the staff's transaction. */
  readonly tx: Transaction;
  readonly staff: string;
  readonly branch: string;
  readonly deep: DeepPlaces;
  cost<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }>;
}

/** Thrown so that nothing stays. */
class Undo extends Error {}

async function amongMany(work: (house: House) => Promise<void>): Promise<void> {
  const notices: Notice[] = [];
  const sql = postgres(stackValue("TEST_DATABASE_URL"), {
    max: 1,
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    onnotice: (notice) => notices.push(notice),
  });
  try {
    await sql.begin(async (tx) => {
      const staff = await demoId(tx as unknown as postgres.Sql, "staff.ks");
      const [office] = await tx<{ id: string }[]>`
        select id from public.branches where tenant_id = 'ks' order by code limit 1`;
      const deep = await addManyClaims(tx, CLAIMS, staff);
      await tellPlans(tx);
      await tx`
        select set_config('role', 'authenticated', true),
               set_config('request.jwt.claim.sub', ${staff}, true),
               set_config('request.jwt.claims', ${JSON.stringify({ sub: staff })}, true)`;
      await work({
        tx: tx as unknown as Transaction,
        staff,
        branch: office?.id ?? "",
        deep,
        cost: (work) => costOf(tx, notices, work),
      });
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  } finally {
    for (const table of CLAIM_TABLES) await sql.unsafe(`vacuum (analyze) ${table}`);
    await sql.end();
  }
}

/** A list of the staff's, and whether it is ordered by what is due. */
interface List {
  readonly name: string;
  readonly byDue: boolean;
  read(part: ListPart): Promise<ClaimPage>;
}

function queue({ tx, staff }: House, facts: Partial<QueueFilter>): List {
  const filter: QueueFilter = { ...EVERY_CLAIM, view: null, ...facts };
  const owner = { tenantId: "ks", userId: staff };
  return {
    name: `queue ${JSON.stringify(facts)}`,
    byDue: isByDue(filter),
    read: (part) => readQueue(tx, owner, filter, part, PER_PAGE),
  };
}

function archive({ tx }: House, facts: Partial<QueueFilter>): List {
  const filter = { ...EVERY_CLAIM, ...facts, memberId: null, assignee: null, withDrafts: true };
  return {
    name: `all claims ${JSON.stringify(facts)}`,
    byDue: false,
    read: (part) => listClaims(tx, { of: "tenant", tenantId: "ks" }, filter, part, PER_PAGE),
  };
}

/** How claims were found, without how often the policies asked who is asking. */
const ofClaims = ({ scans }: Cost) => scans.filter((scan) => / of claim/.test(scan));
const isSequential = (scan: string) => /^(Parallel )?Seq Scan of claim/.test(scan);

function assertSmall(name: string, cost: Cost): void {
  const { rows, pages } = cost;
  // How the few rows of other tables are found is the planner's choice; the bounds hold for them too.
  assert.deepEqual(ofClaims(cost).filter((scan) => !/^Index (Only )?Scan of/.test(scan)), [], name);
  assert.ok(rows <= MOST_ROWS, `${name} looks at ${rows} rows`);
  assert.ok(pages <= MOST_PAGES, `${name} looks at ${pages} pages`);
}

Deno.test("among 200,000 claims a page is read from an index, the first and the thousandth alike", () =>
  amongMany(async (house) => {
    const { branch, cost, deep, tx } = house;
    const [place] = await tx<{ before: number }[]>`
      select min(before)::int as before from (
        select count(*) as before from public.claims
        where tenant_id = 'ks' and is_open and queue_at < ${deep.byDue.time}::timestamptz
          and title like 'Claim %'
        group by grouping sets ((status), (category), (branch_id), (assigned_to))
      ) as lists`;
    assert.ok((place?.before ?? 0) >= 1_000 * PER_PAGE, "a thousand pages lie before it");
    for (
      const { name, byDue, read } of [
        queue(house, {}),
        queue(house, { view: "mine" }),
        queue(house, { view: "unassigned" }),
        queue(house, { view: "all" }),
        queue(house, { view: "closed" }),
        queue(house, { view: "all", status: "court" }),
        queue(house, { view: "closed", status: "rejected" }),
        queue(house, { view: "all", category: "travel" }),
        queue(house, { view: "all", branchId: branch }),
        queue(house, { category: "injury", branchId: branch }),
        archive(house, {}),
        archive(house, { status: "resolved" }),
      ]
    ) {
      const place = byDue ? deep.byDue : deep.byAge;
      const first = await cost(() => read(FIRST_PART));
      const far = await cost(() => read({ after: place, before: null }));
      const back = await cost(() => read({ after: null, before: place }));
      for (const [how, { result, cost }] of Object.entries({ first, far, back })) {
        assert.equal(result.rows.length, PER_PAGE, `${name}, ${how}`);
        assertSmall(`${name}, ${how}`, cost);
      }
      assert.deepEqual(
        ofClaims(far.cost),
        ofClaims(first.cost),
        `${name}: another plan far down`,
      );
      assert.ok(far.result.previous && far.result.next && back.result.previous, name);
    }

    // What is searched for costs what is found, which ends at so many of those that are asked for (a
    // seventh of all, in one case), and not what is there.
    for (
      const { name, read } of [
        queue(house, { search: "claim" }),
        queue(house, { view: "all", search: "claim", status: "court" }),
        queue(house, { search: "2020-104711" }),
        archive(house, { search: "claim" }),
      ]
    ) {
      const { result, cost: spent } = await cost(() => read(FIRST_PART));
      assert.ok(result.rows.length > 0, name);
      assert.deepEqual(spent.scans.filter(isSequential), [], name);
      assert.ok(spent.rows <= 20 * FOUND_AT_MOST, `${name} looks at ${spent.rows} rows`);
    }

    const figures = await cost(() => readQueueFigures(tx, { tenantId: "ks", userId: house.staff }));
    assert.equal(Number(figures.result.all), FIGURE_CAP);
    assert.deepEqual(figures.cost.scans.filter(isSequential), []);
    assert.ok(figures.cost.rows <= 20 * FIGURE_CAP, `${figures.cost.rows} rows for the figures`);
  }));
