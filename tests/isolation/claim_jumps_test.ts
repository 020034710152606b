/**
 * A claim goes along the graph and no other way, whoever tries it from wherever: every pair of
 * statuses that the graph does not have is tried through the site, the Data API and plain SQL.
 */
import assert from "node:assert/strict";
import { CLAIM_STATUSES, type ClaimStatus } from "@core/claims/claim.ts";
import { cookieOf, type DocumentsWorld, testDocuments } from "../functions/documents_support.ts";
import { stackValue } from "../support/stack_env.ts";

/** Every move that there is. */
const GRAPH: Readonly<Record<ClaimStatus, readonly ClaimStatus[]>> = {
  draft: ["submitted", "rejected"],
  submitted: ["verification", "evaluation", "rejected"],
  verification: ["evaluation", "submitted", "rejected"],
  evaluation: ["negotiation", "verification", "rejected", "resolved"],
  negotiation: ["court", "resolved", "evaluation", "rejected"],
  court: ["resolved", "rejected", "negotiation"],
  resolved: ["evaluation", "negotiation"],
  rejected: ["evaluation", "submitted"],
};

/** How a claim that was sent gets to each status. */
const WAYS: Readonly<Record<Exclude<ClaimStatus, "draft">, readonly ClaimStatus[]>> = {
  submitted: [],
  verification: ["verification"],
  evaluation: ["evaluation"],
  negotiation: ["evaluation", "negotiation"],
  court: ["evaluation", "negotiation", "court"],
  resolved: ["evaluation", "resolved"],
  rejected: ["rejected"],
};

/** A form of the page on which staff move a claim, made by hand. */
const FORGED = "a form that staff forge";
const REASON = "Nobody was at fault.";

/** A move that somebody tries. */
interface Move {
  readonly claim: string;
  readonly from: ClaimStatus;
  readonly to: ClaimStatus;
}

/** Tries a move; `done`, or what was said: the database's words, or the site's status. */
type Try = (move: Move) => Promise<string>;

/** All pairs of two statuses, those of the graph or the others. */
const pairs = (inGraph: boolean) =>
  CLAIM_STATUSES.flatMap((from) =>
    CLAIM_STATUSES.filter((to) => to !== from && GRAPH[from].includes(to) === inGraph)
      .map((to) => ({ from, to }))
  );

async function houseOf(world: DocumentsWorld) {
  const { sql, db, env } = world;
  const [member, staff] = [await world.person(), await world.person({ role: "staff" })];
  const claims = new Map<ClaimStatus, string>([["draft", await world.draft(member)]]);
  for (const [status, way] of Object.entries(WAYS)) {
    const claim = await world.claim(member);
    for (const to of way) {
      await sql`
        update public.claims set status = ${to}, status_reason = ${
        to === "rejected" ? REASON : null
      }
        where id = ${claim}`;
    }
    claims.set(status as ClaimStatus, claim);
  }

  const ask = async (person: typeof staff, path: string, method: string, body: unknown) => {
    const answer = await fetch(`${stackValue("SUPABASE_URL")}/rest/v1/${path}`, {
      method,
      headers: {
        apikey: env.supabasePublishableKey,
        authorization: `Bearer ${person.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return answer.ok ? "done" : String(JSON.parse(text).message);
  };
  const patch = (person: typeof staff): Try => ({ claim, to }) =>
    ask(person, `claims?id=eq.${claim}`, "PATCH", { status: to, status_reason: REASON });
  const said = (work: Promise<unknown>) =>
    work.then(() => "done", ({ message }) => String(message));
  const update = (person: typeof staff): Try => ({ claim, to }) =>
    said(db.asUser(person, (tx) =>
      tx`
        update public.claims set status = ${to}, status_reason = ${REASON} where id = ${claim}`));

  const tries = {
    async [FORGED]({ claim, from, to }: Move) {
      const answer = await fetch(`${stackValue("SITE_URL")}/en/staff/claims/${claim}`, {
        method: "POST",
        headers: { cookie: cookieOf(staff), "sec-fetch-site": "same-origin" },
        body: new URLSearchParams({ act: "move", from, to, reason: REASON, internal: "" }),
        redirect: "manual",
      });
      await answer.body?.cancel();
      return answer.status === 303 ? "done" : String(answer.status);
    },
    "PATCH by staff": patch(staff),
    "PATCH by the member": patch(member),
    "move_claim by staff": ({ claim, to }: Move) =>
      ask(staff, "rpc/move_claim", "POST", { claim_id: claim, to_status: to, reason: REASON }),
    "SQL as staff": update(staff),
    "SQL as the member": update(member),
    "SQL as the owner": ({ claim, to }: Move) =>
      said(Promise.resolve(sql`
        update public.claims set status = ${to}, status_reason = ${REASON} where id = ${claim}`)),
  } satisfies Record<string, Try>;

  const statusOf = async (claim: string) => {
    const [row] = await sql<{ status: ClaimStatus }[]>`
      select status from public.claims where id = ${claim}`;
    return row?.status;
  };
  return { tries, claims, statusOf };
}

testDocuments(
  "of the 33 pairs that are not in the graph none is moved along, by any way",
  async (world) => {
    const { tries, claims, statusOf } = await houseOf(world);
    const jumps = pairs(false);
    assert.equal(jumps.length, 33);
    for (const { from, to } of jumps) {
      const claim = claims.get(from) ?? "";
      await Promise.all(
        Object.entries(tries).map(async ([how, attempt]) => {
          const answer = await attempt({ claim, from, to });
          const refusal = how === FORGED ? /^409$/ : `a claim does not move from ${from} to ${to}`;
          assert.match(answer, new RegExp(refusal), `${from} > ${to}: ${how}`);
        }),
      );
      assert.equal(await statusOf(claim), from, `${from} > ${to}`);
    }
  },
);

testDocuments("nor along the graph by those whose move it is not", async (world) => {
  const { tries, claims, statusOf } = await houseOf(world);
  const isMembers = ({ from, to }: Pick<Move, "from" | "to">) =>
    from === "draft" || to === "rejected";
  const refused = async (
    { from, to }: Pick<Move, "from" | "to">,
    hows: readonly (keyof typeof tries)[],
    why: RegExp,
  ) => {
    const claim = claims.get(from) ?? "";
    for (const how of hows) {
      assert.match(await tries[how]({ claim, from, to }), why, `${from} > ${to}: ${how}`);
      assert.equal(await statusOf(claim), from, `${from} > ${to}: ${how}`);
    }
  };
  for (const pair of pairs(true).filter((one) => !isMembers(one))) {
    await refused(pair, ["PATCH by the member", "SQL as the member"], /members send and cancel/);
  }
  for (const to of GRAPH.draft) {
    const pair = { from: "draft", to } as const;
    await refused(pair, [FORGED], /^409$/);
    const ways = ["PATCH by staff", "move_claim by staff", "SQL as staff"] as const;
    await refused(pair, ways, /only the member sends or cancels a draft/);
  }
});

testDocuments("each of these ways moves a claim where the graph leads", async (world) => {
  const { tries, claims, statusOf } = await houseOf(world);
  const claim = claims.get("submitted") ?? "";
  const way: readonly (readonly [keyof typeof tries, ClaimStatus])[] = [
    [FORGED, "verification"],
    ["PATCH by staff", "evaluation"],
    ["move_claim by staff", "negotiation"],
    ["SQL as staff", "court"],
    ["SQL as the owner", "negotiation"],
    ["PATCH by the member", "rejected"],
  ];
  let from: ClaimStatus = "submitted";
  for (const [how, to] of way) {
    assert.equal(await tries[how]({ claim, from, to }), "done", how);
    assert.equal(await statusOf(claim), to, how);
    from = to;
  }
});
