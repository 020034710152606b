import assert from "node:assert/strict";
import postgres, { type TransactionSql } from "postgres";
import { stackValue } from "../../tests/support/stack_env.ts";
import { type Figures, readFigures } from "./figures_store.ts";
import { judge } from "./judge.ts";

const NOTHING: Figures = {
  members: 0,
  membersWhoClaimed: 0,
  agentFirstResponseHours: null,
  agentAnswered: 0,
  triageDue: 0,
  triageInTime: 0,
  updateDue: 0,
  updateInTime: 0,
  oldEnough: 0,
  progressed: 0,
  closed: 0,
  reopened: 0,
  handedOver: 0,
  complete: 0,
  auditBroken: 0,
  days: [],
};
const met = (figures: Figures, name: string) =>
  judge(figures, 0).figures.find(({ figure }) => figure === name)?.met;
const day = (n: number, inTime: number) => ({ day: `2026-11-0${n}`, due: 10, inTime });

Deno.test("judge() says of nothing that there is nothing yet", () => {
  const { figures, stop } = judge(NOTHING, 0);
  assert.deepEqual(stop, []);
  assert.equal(figures.filter((one) => one.met === null).length, 7);
});

Deno.test("judge() takes each bound as met", () => {
  assert.equal(met({ ...NOTHING, members: 10, membersWhoClaimed: 3 }, "claim start"), true);
  assert.equal(met({ ...NOTHING, members: 10, membersWhoClaimed: 2 }, "claim start"), false);
  assert.equal(met({ ...NOTHING, triageDue: 10, triageInTime: 9 }, "triage in time"), true);
  assert.equal(met({ ...NOTHING, triageDue: 10, triageInTime: 8 }, "triage in time"), false);
  assert.equal(met({ ...NOTHING, closed: 10, reopened: 1 }, "reopened"), true);
  assert.equal(met({ ...NOTHING, closed: 10, reopened: 2 }, "reopened"), false);
  assert.equal(met({ ...NOTHING, agentFirstResponseHours: 2 }, "agent first response"), true);
  assert.equal(met({ ...NOTHING, agentFirstResponseHours: 2.1 }, "agent first response"), false);
});

Deno.test("judge() stops after three late days in a row, a broken log, and severity 1", () => {
  const late = [day(1, 8), day(2, 8), day(3, 8)];
  assert.match(judge({ ...NOTHING, days: late }, 0).stop.join(), /3 days in a row/);
  const between = [day(1, 8), day(2, 8), day(3, 9), day(4, 8)];
  assert.deepEqual(judge({ ...NOTHING, days: between }, 0).stop, []);
  assert.match(judge({ ...NOTHING, auditBroken: 1 }, 0).stop.join(), /^2/);
  assert.match(judge(NOTHING, 1).stop.join(), /^1/);
});

class Undo extends Error {}

/** Six claims of one branch of their own, each with one thing that a figure is to see. */
async function plant(tx: TransactionSql): Promise<void> {
  await tx.unsafe("set local session_replication_role = replica");
  await tx`insert into public.branches (tenant_id, code, name) values ('ks', 'KS-P', 'Pilot')`;
  const [branch] = await tx<{ id: string }[]>`select id from public.branches where code = 'KS-P'`;
  await tx`update public.profiles set branch_id = ${branch?.id ?? ""}
    where email in ('member.ks@demo.test', 'member2.ks@demo.test', 'new.ks@demo.test')`;
  for (let n = 1; n <= 6; n += 1) {
    const id = `00000000-0000-4000-8000-00000000000${n}`;
    const triagedAt = n === 6 ? null : `2026-03-02 ${n === 5 ? 13 : 10}:00Z`;
    // Sent on a Monday at nine; due four hours later; the sixth is never triaged.
    await tx`
      insert into public.claims (id, tenant_id, member_id, branch_id, claim_number, title, company,
        description, category, incident_date, status, submitted_at, triage_due_at, triaged_at,
        assigned_to, assigned_at)
      select ${id}, 'ks', person.id, ${branch?.id ?? ""}, ${`CLM-KS-2026-90000${n}`}, 'A', 'B',
        ${n === 5 ? "" : "C"}, 'travel', '2026-01-01', 'evaluation', '2026-03-02 08:00Z',
        '2026-03-02 12:00Z', ${triagedAt}::timestamptz,
        case when ${n} < 6 then staff.id end, ${triagedAt}::timestamptz
      from public.profiles as person, public.profiles as staff
      where person.email = 'member.ks@demo.test' and staff.email = 'staff.ks@demo.test'`;
    const history = (from: string, to: string, at: string) =>
      tx`insert into public.claim_stage_history
          (tenant_id, claim_id, member_id, from_status, to_status, changed_by_role, created_at)
        select 'ks', ${id}, member_id, ${from}, ${to}, 'staff', ${at} from public.claims
        where id = ${id}`;
    // The first four move within two days, the fifth after a week.
    if (n <= 5) {
      await history(
        "submitted",
        "verification",
        n === 5 ? "2026-03-09 10:00Z" : "2026-03-02 11:00Z",
      );
    }
    if (n <= 2) await history("verification", "rejected", "2026-03-04 10:00Z");
    if (n === 1) await history("rejected", "evaluation", "2026-03-05 10:00Z");
    if (n <= 3) {
      await tx`insert into public.claim_messages
          (tenant_id, claim_id, member_id, sender_id, sender_role, body, created_at)
        select 'ks', ${id}, member_id, agent.id, 'agent', 'Hello',
          timestamptz '2026-03-02 08:00Z' + make_interval(hours => ${n})
        from public.claims, public.profiles as agent
        where claims.id = ${id} and agent.email = 'agent.ks@demo.test'`;
    }
  }
  await tx.unsafe("set local session_replication_role = origin");
}

Deno.test("readFigures() counts what was planted, in its branch and period only", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      await plant(tx);
      const of = (from: string) =>
        readFigures(tx, {
          tenant: "ks",
          branch: "KS-P",
          from: new Date(from),
          to: new Date("2026-04-01"),
        });
      const { auditBroken: _log, ...figures } = await of("2026-03-01");
      assert.deepEqual(figures, {
        // The third of the branch has not bought.
        members: 2,
        membersWhoClaimed: 1,
        agentFirstResponseHours: 2,
        agentAnswered: 3,
        triageDue: 6,
        triageInTime: 4,
        updateDue: 5,
        // The fifth heard a week later.
        updateInTime: 4,
        oldEnough: 6,
        progressed: 4,
        closed: 2,
        reopened: 1,
        handedOver: 5,
        // None has a document.
        complete: 0,
        days: [{ day: "2026-03-02", due: 6, inTime: 4 }],
      });
      assert.equal((await of("2026-03-10")).triageDue, 0);
      throw new Undo();
    }).catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
});
