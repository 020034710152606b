/** `GET /api/claims` by the contract, asked of the running site. */
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { demoId, newMember, sentClaim } from "../support/claims.ts";
import { stackValue } from "../support/stack_env.ts";

const SITE = stackValue("SITE_URL");
const ENDPOINT = `${SITE}/api/claims`;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly items?: readonly Record<string, unknown>[];
    readonly total?: number;
    readonly page?: number;
    readonly perPage?: number;
    readonly error?: { readonly code: string };
  };
}

async function tokenOf(name: string): Promise<string> {
  const client = createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await client.auth.signInWithPassword({
    email: `${name}@demo.test`,
    password: stackValue("DEMO_PASSWORD"),
  });
  if (error) throw error;
  return data.session.access_token;
}

async function ask(token: string | null, query: string): Promise<Answer> {
  const answer = await fetch(`${ENDPOINT}?${query}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
  assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  return { status: answer.status, body: await answer.json() };
}

Deno.test("nobody, and whoever's token does not verify, is answered 401", async () => {
  for (const token of [null, "not-a-token"]) {
    const { status, body } = await ask(token, "scope=staff_all");
    assert.equal(status, 401);
    assert.equal(body.error?.code, "unauthorized");
    assert.equal(body.items, undefined);
  }
});

Deno.test("each role gets its own lists and is refused the others", async () => {
  const allowed: Record<string, readonly string[]> = {
    "member.ks": ["member"],
    "agent.ks": ["agent"],
    "staff.ks": ["staff_queue", "staff_all"],
    "manager.ks": ["staff_queue", "staff_all", "admin"],
    "admin.ks": ["staff_queue", "staff_all", "admin"],
    super: ["staff_queue", "staff_all", "admin"],
  };
  for (const [name, own] of Object.entries(allowed)) {
    const token = await tokenOf(name);
    for (const scope of ["member", "agent", "staff_queue", "staff_all", "admin"]) {
      const { status, body } = await ask(token, `scope=${scope}`);
      assert.equal(status, own.includes(scope) ? 200 : 403, `${name} ${scope}`);
      if (status === 403) assert.equal(body.error?.code, "scope_forbidden");
      else assert.ok(Array.isArray(body.items));
    }
  }
});

Deno.test("what makes no sense is answered 400, never 200", async () => {
  const token = await tokenOf("staff.ks");
  for (
    const query of [
      "",
      "scope=everything",
      "scope=staff_all&status=paid",
      "scope=staff_all&page=0",
      "scope=staff_all&page=-1",
      "scope=staff_all&page=x",
      "scope=staff_all&page=1e9",
      "scope=staff_all&page=999999999999",
      "scope=staff_all&perPage=0",
      "scope=staff_all&perPage=ten",
      "scope=staff_all&search=a",
      `scope=staff_all&search=${"a".repeat(101)}`,
    ]
  ) {
    const { status, body } = await ask(token, query);
    assert.equal(status, 400, query);
    assert.equal(body.error?.code, "invalid_query", query);
  }
  const post = await fetch(ENDPOINT, { method: "POST" });
  await post.body?.cancel();
  assert.equal(post.status, 405);
  assert.equal(post.headers.get("allow"), "GET");
});

Deno.test("pages are numbered, at most 50 long, and told by total, status and search", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    const word = `Xhavit${crypto.randomUUID().slice(0, 6)}`;
    const member = await newMember(sql, { name: word });
    const sent = [];
    for (let at = 0; at < 3; at++) sent.push(await sentClaim(sql, member));
    const token = await tokenOf("staff.ks");
    const { status, body } = await ask(token, "scope=staff_all&perPage=1000");
    assert.equal(status, 200);
    assert.equal(body.perPage, 50);
    assert.equal(body.page, 1);
    assert.ok((body.items?.length ?? 99) <= 50);
    assert.ok((body.total ?? 0) >= 3);

    const found = async (query: string) =>
      (await ask(token, `scope=staff_all&search=${word}&${query}`)).body;
    const first = await found("perPage=2");
    assert.equal(first.total, 3);
    assert.deepEqual(first.items?.map(({ id }) => id), [sent[2]?.id, sent[1]?.id]);
    const second = await found("perPage=2&page=2");
    assert.deepEqual(second.items?.map(({ id }) => id), [sent[0]?.id]);
    const beyond = await found("perPage=2&page=3");
    assert.deepEqual(beyond.items, []);
    assert.equal(beyond.total, 3);
    assert.equal((await found("status=submitted")).total, 3);
    assert.equal((await found("status=evaluation")).total, 0);
    assert.equal((await found("status=")).total, 3);

    const [item] = first.items ?? [];
    assert.equal(item?.["claimNumber"], sent[2]?.number);
    assert.equal(item?.["memberName"], word);
    assert.equal(item?.["status"], "submitted");
    assert.equal(item?.["assignedTo"], null);
    assert.ok(item?.["dueAt"]);
    assert.equal(item?.["description"], undefined);

    const { body: queue } = await ask(token, `scope=staff_queue&search=${word}`);
    assert.equal(queue.total, 3);
    await sql`
      update public.claims set assigned_to = ${await demoId(sql, "staff2.ks")}
      where id = ${sent[0]?.id ?? ""}`;
    assert.equal((await ask(token, `scope=staff_queue&search=${word}`)).body.total, 2);

    for (const [name, scope] of [["staff.mk", "staff_all"], ["admin.mk", "admin"]] as const) {
      const foreign = await ask(await tokenOf(name), `scope=${scope}&search=${word}`);
      assert.equal(foreign.status, 200);
      assert.deepEqual(foreign.body.items, [], name);
    }
  } finally {
    await sql.end();
  }
});

Deno.test("members and agents are told nothing of the staff's affairs", async () => {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    const member = await newMember(sql, { name: "Shpresa Agimi", agent: "agent.ks" });
    const claim = await sentClaim(sql, member);
    await sql`
      update public.claims set assigned_to = ${await demoId(sql, "staff.ks")}
      where id = ${claim.id}`;
    const { body } = await ask(await tokenOf("agent.ks"), "scope=agent&perPage=50");
    const item = body.items?.find(({ id }) => id === claim.id);
    assert.ok(item);
    for (const name of ["assignedTo", "assigneeName", "dueAt", "dueKind", "branchId", "tenantId"]) {
      assert.ok(!(name in item), name);
    }
    const own = await ask(await tokenOf("member.ks"), "scope=member");
    assert.ok(own.body.items?.every((row) => !("assignedTo" in row)));
    assert.ok(own.body.items?.every(({ id }) => id !== claim.id));
  } finally {
    await sql.end();
  }
});
