/** The staff's queue and the lists of claims, as the stores read them from the real database. */
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { assignClaim, readColleagues } from "@core/claims/assign_store.ts";
import { type ClaimPage, EVERY_CLAIM, FIRST_PART, type ListPart } from "@core/claims/claim_list.ts";
import { type ClaimScope, listClaims, listClaimsAt } from "@core/claims/claim_list_store.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { moveClaim, readMoves } from "@core/claims/move_store.ts";
import { QUEUE_VIEWS, type QueueFilter } from "@core/claims/queue.ts";
import {
  countNewClaims,
  readMoment,
  readQueue,
  readQueueAt,
  readQueueFigures,
} from "@core/claims/queue_store.ts";
import { connectDatabase, type Database, type Work } from "@core/platform/database.ts";
import { act, demoId, newMember, sentClaim } from "../support/claims.ts";
import { stackValue } from "../support/stack_env.ts";

interface House {
  readonly sql: Sql;
  readonly db: Database;
  as<T>(person: string, work: Work<T>): Promise<T>;
}

async function inside(work: (house: House) => Promise<void>): Promise<void> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 2, onnotice: () => {} });
  const db = connectDatabase(stackValue("TEST_SITE_DATABASE_URL"), { poolSize: 2 });
  const as = <T>(userId: string, what: Work<T>) => db.asUser({ userId, claims: {} }, what);
  try {
    await work({ sql, db, as });
  } finally {
    await Promise.all([sql.end(), db.end()]);
  }
}

/** All ids of a list, page by page to its end, and page by page back. */
async function walk(
  read: (part: ListPart) => Promise<ClaimPage>,
): Promise<{ forth: string[]; back: string[] }> {
  const ids = ({ rows }: ClaimPage) => rows.map(({ id }) => id);
  let page = await read(FIRST_PART);
  assert.equal(page.previous, null);
  const forth = ids(page);
  while (page.next !== null) {
    page = await read({ after: page.next, before: null });
    forth.push(...ids(page));
  }
  const back = ids(page);
  while (page.previous !== null) {
    page = await read({ after: null, before: page.previous });
    back.unshift(...ids(page));
  }
  return { forth, back: [...new Set(back)] };
}

Deno.test("each part of the queue holds what it says, in the order of what is due, forth and back", () =>
  inside(async ({ sql, as }) => {
    const me = await demoId(sql, "staff.mk");
    const admin = await demoId(sql, "admin.mk");
    const member = await newMember(sql, { tenant: "mk" });
    for (let at = 0; at < 12; at++) {
      const claim = await sentClaim(sql, member, { dueIn: at % 2 === 0 ? at - 6 : 3 });
      const owner = [null, me, admin][at % 3] ?? null;
      if (owner !== null) {
        await sql`update public.claims set assigned_to = ${owner} where id = ${claim.id}`;
      }
      if (at % 5 === 0) {
        await act(
          sql,
          me,
          (tx) => tx`select public.move_claim(${claim.id}, 'rejected', 'Too late for this.')`,
        );
      }
      if (at === 7) {
        // Answered: nothing is owed until the member writes again.
        await sql`
          update public.claims set triaged_at = now(), update_due_at = null where id = ${claim.id}`;
      }
    }
    const owner = { tenantId: "mk", userId: me };
    const expected = async (condition: string, order: string) => {
      const rows = await sql.unsafe<{ id: string }[]>(
        `select id from public.claims where tenant_id = 'mk' and (${condition}) order by ${order}`,
      );
      return rows.map(({ id }) => id);
    };
    const truth: Record<typeof QUEUE_VIEWS[number], string[]> = {
      now: await expected(
        `is_open and queue_at < 'infinity' and (assigned_to is null or assigned_to = '${me}')`,
        "queue_at, id",
      ),
      mine: await expected(`is_open and assigned_to = '${me}'`, "queue_at, id"),
      unassigned: await expected(`is_open and assigned_to is null`, "queue_at, id"),
      all: await expected(`is_open`, "queue_at, id"),
      closed: await expected(`is_submitted and not is_open`, "created_at desc, id desc"),
    };
    for (const view of QUEUE_VIEWS) {
      const filter: QueueFilter = { ...EVERY_CLAIM, view };
      const { forth, back } = await walk((part) =>
        as(me, (tx) => readQueue(tx, owner, filter, part, 3))
      );
      assert.deepEqual(forth, truth[view], view);
      assert.deepEqual(back, truth[view], view);
      assert.ok(truth[view].length > 0, view);
    }
    const figures = await as(me, (tx) => readQueueFigures(tx, owner));
    assert.deepEqual(
      { now: figures.now, mine: figures.mine, unassigned: figures.unassigned, all: figures.all },
      {
        now: truth.now.length,
        mine: truth.mine.length,
        unassigned: truth.unassigned.length,
        all: truth.all.length,
      },
    );
    const numbered = await as(me, (tx) => readQueueAt(tx, owner, EVERY_CLAIM, 2, 3));
    assert.equal(numbered.rows.length, 3);
    assert.ok(numbered.total >= truth.now.length);
  }));

Deno.test("filters and words narrow the queue, without regard to accents, and find what is closed", () =>
  inside(async ({ sql, as }) => {
    const me = await demoId(sql, "staff.ks");
    const word = `Quenz${crypto.randomUUID().slice(0, 6)}`;
    const member = await newMember(sql, { name: `Çlirim ${word}` });
    const open = await sentClaim(sql, member, { title: "Cancelled flight", category: "travel" });
    const closed = await sentClaim(sql, member, { title: "Lost suitcase", category: "travel" });
    await act(sql, me, (tx) => tx`select public.move_claim(${closed.id}, 'rejected', 'Too late.')`);
    const owner = { tenantId: "ks", userId: me };
    const found = async (facts: Partial<QueueFilter>) => {
      const filter = { ...EVERY_CLAIM, view: null, ...facts };
      const { rows } = await as(me, (tx) => readQueue(tx, owner, filter, FIRST_PART, 50));
      return rows.map(({ id }) => id);
    };
    assert.deepEqual(await found({ search: `clirim ${word.toLowerCase()}` }), [closed.id, open.id]);
    assert.deepEqual(await found({ search: word, view: "all" }), [open.id]);
    assert.deepEqual(await found({ search: word, view: "closed" }), [closed.id]);
    assert.deepEqual(await found({ search: word, status: "rejected" }), [closed.id]);
    assert.deepEqual(await found({ search: word, view: "all", category: "injury" }), []);
    assert.deepEqual(await found({ search: open.number }), [open.id]);
    assert.deepEqual(await found({ search: `${word}%` }), []);
    assert.ok(!(await found({ status: "evaluation", view: "all" })).includes(open.id));
  }));

Deno.test("what came into the queue since is counted, until somebody has looked at it", () =>
  inside(async ({ sql, as }) => {
    const [me, other] = [await demoId(sql, "staff.ks"), await demoId(sql, "staff2.ks")];
    const word = `Neu${crypto.randomUUID().slice(0, 6)}`;
    const member = await newMember(sql, { name: word });
    await sentClaim(sql, member, { category: "travel" });
    const since = await as(me, (tx) => readMoment(tx));
    const news = (facts: Partial<QueueFilter> = {}, person = me, tenantId = "ks") =>
      as(person, (tx) => {
        const filter: QueueFilter = { ...EVERY_CLAIM, view: "now", search: word, ...facts };
        return countNewClaims(tx, { tenantId, userId: person }, filter, since);
      });
    assert.equal(await news(), 0, "what was there is not new");
    const claim = await sentClaim(sql, member, { category: "travel" });
    const next = await sentClaim(sql, member, { category: "injury" });
    assert.equal(await news(), 2);
    assert.equal(await news({ view: null }), 2);
    assert.equal(await news({ category: "injury" }), 1);
    assert.equal(await news({ status: "evaluation" }), 0);
    assert.equal(await news({ view: "closed" }), 0);
    assert.equal(await news({}, await demoId(sql, "staff.mk"), "mk"), 0);
    assert.ok(await news({ search: null }) >= 2);

    await act(sql, other, (tx) => tx`select public.claim_assign(${claim.id}, ${other})`);
    assert.equal(await news(), 1, "a colleague has it");
    assert.equal(await news({ view: "all" }), 2);
    await act(sql, other, (tx) => tx`select public.move_claim(${next.id}, 'evaluation')`);
    assert.equal(await news({ view: "all" }), 1);
  }));

Deno.test("lists hold what their reader may see, and count it", () =>
  inside(async ({ sql, as }) => {
    const [agent, staff, foreign] = await Promise.all(
      ["agent.ks", "staff.ks", "staff.mk"].map((name) => demoId(sql, name)),
    );
    const member = await newMember(sql, { agent: "agent.ks" });
    const claim = await sentClaim(sql, member);
    const [draft] = await act(
      sql,
      member,
      (tx) =>
        tx<{ id: string }[]>`insert into public.claims (title) values ('A draft') returning id`,
    );
    const filter = { ...EVERY_CLAIM, memberId: member, assignee: null, withDrafts: true };
    const ids = async (person: string | undefined, scope: ClaimScope) => {
      const { rows, total } = await as(
        person ?? "",
        (tx) => listClaimsAt(tx, scope, filter, 0, 50),
      );
      assert.equal(total, rows.length);
      return rows.map(({ id }) => id);
    };
    const tenant = { of: "tenant", tenantId: "ks" } as const;
    assert.deepEqual(
      await ids(member, { of: "member", tenantId: "ks", memberId: member }),
      [draft?.id, claim.id],
    );
    assert.deepEqual(
      await ids(agent, { of: "agent", tenantId: "ks", agentId: agent ?? "" }),
      [claim.id],
    );
    assert.deepEqual(await ids(staff, tenant), [draft?.id, claim.id]);
    assert.deepEqual(await ids(foreign, tenant), []);
    assert.deepEqual(await ids(foreign, { of: "everywhere" }), []);
    const { rows } = await as(
      agent ?? "",
      (tx) => listClaims(tx, tenant, filter, FIRST_PART, 10),
    );
    assert.deepEqual(rows.map(({ id }) => id), [claim.id]);
  }));

Deno.test("unread messages are counted for whoever has not read them", () =>
  inside(async ({ sql, as }) => {
    const [staff, agent] = [await demoId(sql, "staff.ks"), await demoId(sql, "agent.ks")];
    const member = await newMember(sql, { agent: "agent.ks" });
    const claim = await sentClaim(sql, member);
    const write = (person: string, body: string) =>
      act(
        sql,
        person,
        (tx) =>
          tx`insert into public.claim_messages (claim_id, body) values (${claim.id}, ${body})`,
      );
    await write(agent, "I help her with this.");
    await write(member, "Is there any news?");
    await write(staff, "Tomorrow.");
    await write(staff, "Or the day after.");
    const filter = { ...EVERY_CLAIM, memberId: member, assignee: null, withDrafts: false };
    const unread = async (person: string, scope: ClaimScope) => {
      const { rows } = await as(person, (tx) => listClaims(tx, scope, filter, FIRST_PART, 5));
      return rows.map((row) => row.unread);
    };
    assert.deepEqual(await unread(staff, { of: "tenant", tenantId: "ks" }), [2]);
    assert.deepEqual(
      await unread(member, { of: "member", tenantId: "ks", memberId: member }),
      [3],
    );
    // Several in a row are one piece of news to an agent.
    assert.deepEqual(await unread(agent, { of: "agent", tenantId: "ks", agentId: agent }), [1]);
  }));

Deno.test("the loser of a race learns that it is taken, and giving it away needs a reason", () =>
  inside(async ({ sql, as }) => {
    const [one, other] = [await demoId(sql, "staff.ks"), await demoId(sql, "staff2.ks")];
    const { id: claimId } = await sentClaim(sql, await newMember(sql));
    const take = (person: string, from: string | null = null, reason: string | null = null) =>
      unlessRefused(as(person, (tx) => assignClaim(tx, { claimId, to: person, from, reason })));
    assert.equal((await take(one)).kind, "done");
    assert.deepEqual(await take(other), { kind: "refused", why: "taken" });
    assert.deepEqual(await take(other, one), { kind: "refused", why: "reason_needed" });
    assert.equal((await take(other, one, "She is on leave.")).kind, "done");
    const colleagues = await as(one, (tx) => readColleagues(tx, "ks"));
    assert.ok(colleagues.every(({ role }) => role === "staff" || role === "tenant_admin"));
    assert.ok(colleagues.some(({ id, open }) => id === other && open > 0));
  }));

Deno.test("moves are those of the graph, and a page that is out of date moves nothing", () =>
  inside(async ({ sql, as }) => {
    const staff = await demoId(sql, "staff.ks");
    const { id: claimId } = await sentClaim(sql, await newMember(sql));
    const moves = () => as(staff, (tx) => readMoves(tx, claimId));
    assert.deepEqual([...await moves()], [
      { to: "verification", needsReason: false },
      { to: "evaluation", needsReason: false },
      { to: "rejected", needsReason: true },
    ]);
    const move = (
      to: "evaluation" | "verification" | "rejected" | "court",
      from: "submitted" | "evaluation",
    ) =>
      unlessRefused(
        as(staff, (tx) => moveClaim(tx, { claimId, to, from, reason: null, note: "By phone." })),
      );
    assert.equal((await move("evaluation", "submitted")).kind, "done");
    assert.deepEqual(await move("verification", "submitted"), { kind: "refused", why: "moved_on" });
    assert.deepEqual(await move("court", "evaluation"), { kind: "refused", why: "wrong_move" });
    assert.deepEqual(await move("rejected", "evaluation"), {
      kind: "refused",
      why: "reason_needed",
    });
    assert.deepEqual((await moves()).map(({ to }) => to), [
      "verification",
      "negotiation",
      "resolved",
      "rejected",
    ]);
  }));
