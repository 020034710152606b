/**
 * Every switch on the running stack, turned by `deno task flag`: what it stops, by the site, by the
 * functions and past both of them, within five seconds, for one country and for all; what it does not
 * stop; and that it is on the audit log.
 */
import assert from "node:assert/strict";
import { ROOT } from "../../local/settings.ts";
import { SAMPLES } from "../support/sample_files.ts";
import {
  type Announced,
  cookieOf,
  type DocumentsWorld,
  type SignedIn,
  testDocuments,
} from "./documents_support.ts";
import { event, sign } from "./paddle_payloads.ts";

const SITE = Deno.env.get("SITE_URL") ?? "";
const API = Deno.env.get("SUPABASE_URL") ?? "";
const KEY = Deno.env.get("SUPABASE_PUBLISHABLE_KEY") ?? "";

/** As an operator types it. */
async function typed(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "local/flag.ts", ...args],
    cwd: ROOT,
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

async function flag(...args: string[]): Promise<void> {
  const { code, text } = await typed(...args);
  assert.equal(code, 0, text);
}

/** Asks until the answer is the expected one; fails after the five seconds that are promised. */
async function within5s(what: string, expected: unknown, ask: () => Promise<unknown>) {
  const started = performance.now();
  for (;;) {
    const seen = await ask();
    if (Object.is(JSON.stringify(seen), JSON.stringify(expected))) return;
    if (performance.now() - started > 5_000) assert.deepEqual(seen, expected, what);
    await new Promise((done) => setTimeout(done, 150));
  }
}

async function told(answer: Response): Promise<[number, string?]> {
  const text = await answer.text();
  if (!answer.headers.get("content-type")?.includes("json")) return [answer.status];
  const body = JSON.parse(text) as { error?: { code?: string } | string; code?: string };
  const code = typeof body.error === "object" ? body.error.code : body.code;
  return code === undefined ? [answer.status] : [answer.status, code];
}

/** The doors of one member. */
function doors(me: SignedIn, claimId: string) {
  const api = (path: string, init: RequestInit) =>
    fetch(`${API}${path}`, {
      ...init,
      headers: {
        apikey: KEY,
        authorization: `Bearer ${me.token}`,
        "content-type": "application/json",
        ...init.headers,
      },
    });
  const site = (path: string, form?: Record<string, string>) =>
    fetch(`${SITE}${path}`, {
      redirect: "manual",
      headers: { cookie: cookieOf(me), origin: SITE },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
  return {
    api,
    site,
    page: async () => (await told(await site("/en/member")))[0],
    postToSite: async () =>
      (await told(await site("/en/member/claims/new", { title: "", category: "" })))[0],
    announceOnSite: () =>
      fetch(`${SITE}/en/member/claims/${claimId}/evidence`, {
        method: "POST",
        headers: { cookie: cookieOf(me), origin: SITE, "content-type": "application/json" },
        body: JSON.stringify({
          id: crypto.randomUUID(),
          name: "paper.pdf",
          type: "application/pdf",
          size: SAMPLES["application/pdf"].length,
          category: "evidence",
        }),
      }),
    postSettingsToSite: async () => {
      const form = { name: `Test ${crypto.randomUUID().slice(0, 4)}`, phone: "", language: "en" };
      return (await told(await site("/en/member/settings", form)))[0];
    },
    buy: async (plan: string) => (await told(await site("/en/pricing", { plan })))[0],
    phone: async () => {
      const answer = await api(`/rest/v1/profiles?id=eq.${me.userId}`, {
        method: "PATCH",
        body: JSON.stringify({ phone: `+383 44 ${Math.floor(100_000 + Math.random() * 899_999)}` }),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    message: async () => {
      const answer = await api("/rest/v1/claim_messages", {
        method: "POST",
        body: JSON.stringify({ "claim_id": claimId, body: "Is there any news?" }),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    reads: async () => {
      const answer = await api("/rest/v1/claims?select=id", {});
      await answer.body?.cancel();
      return answer.ok;
    },
    announced: async () => {
      const answer = await api("/rest/v1/claim_documents", {
        method: "POST",
        body: JSON.stringify({
          "claim_id": claimId,
          name: "paper.pdf",
          "file_type": "application/pdf",
          "file_size": SAMPLES["application/pdf"].length,
        }),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    put: async ({ path }: Announced) => {
      const answer = await api(`/storage/v1/object/claim-evidence/${path}`, {
        method: "POST",
        body: Uint8Array.from(SAMPLES["application/pdf"]),
        headers: { "content-type": "application/pdf" },
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    signed: async ({ path }: Announced) => {
      const answer = await api(`/storage/v1/object/upload/sign/claim-evidence/${path}`, {
        method: "POST",
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    confirm: ({ id }: Announced) =>
      fetch(`${API}/functions/v1/documents/${id}/confirm`, {
        method: "POST",
        headers: { apikey: KEY, authorization: `Bearer ${me.token}` },
      }).then(told),
  };
}

async function twoMembers(world: DocumentsWorld) {
  const ks = await world.person({ tenantId: "ks" });
  const mk = await world.person({ tenantId: "mk" });
  const [ksClaim, mkClaim] = [await world.claim(ks), await world.claim(mk)];
  return {
    ks: { me: ks, claimId: ksClaim, ...doors(ks, ksClaim) },
    mk: { me: mk, claimId: mkClaim, ...doors(mk, mkClaim) },
  };
}

testDocuments("read-only, for one country and for all, by every way in", async (world) => {
  const { ks, mk } = await twoMembers(world);
  const waiting = await world.announce(mk.me, mk.claimId);
  const free = await world.announce(ks.me, ks.claimId);
  assert.deepEqual([await mk.phone(), await mk.message(), await mk.signed(waiting)], [
    true,
    true,
    true,
  ]);
  try {
    await flag("read_only", "on", "--tenant=mk", "--note=drill");
    // The database obeys at once, whoever comes by whichever way.
    assert.equal(await mk.postSettingsToSite(), 503, "the site knows from the database");
    assert.deepEqual([await mk.phone(), await mk.message(), await mk.announced()], [
      false,
      false,
      false,
    ]);
    assert.deepEqual([await mk.signed(waiting), await mk.put(waiting)], [false, false]);
    await within5s("the site", 503, mk.postToSite);
    assert.deepEqual([await mk.reads(), await mk.page()], [true, 200]);
    // The other country does not notice.
    assert.deepEqual([await ks.phone(), await ks.message(), await ks.put(free)], [
      true,
      true,
      true,
    ]);
    assert.notEqual(await ks.postToSite(), 503);
    assert.equal(await world.isStored(waiting.path), false);

    await flag("read_only", "off", "--tenant=mk");
    await flag("read_only", "on", "--note=all of it");
    assert.deepEqual([await ks.phone(), await mk.phone()], [false, false]);
    await within5s("the function", [503, "read_only"], () => ks.confirm(free));
    await within5s("the site", 503, ks.postToSite);
    assert.deepEqual([await ks.reads(), await ks.page()], [true, 200]);
    // Paddle and the jobs go on.
    const body = JSON.stringify(event("product.updated", { id: "pro_switches" }));
    const paddle = await fetch(`${API}/functions/v1/paddle-webhook`, {
      method: "POST",
      body,
      headers: {
        "paddle-signature": sign(body, Deno.env.get("PADDLE_WEBHOOK_SECRET_KEY") ?? "", Date.now()),
      },
    });
    assert.deepEqual([paddle.status, (await paddle.json()).result], [200, "ignored"]);
  } finally {
    await flag("read_only", "off");
    await flag("read_only", "off", "--tenant=mk");
  }
  await within5s("the site again", true, async () => await ks.postToSite() !== 503);
  await within5s("the function again", 200, async () => (await ks.confirm(free))[0]);
  assert.deepEqual([await mk.put(waiting), await mk.phone()], [true, true]);
  const audited = await world.sql`
    select tenant_id, metadata ->> 'after' as after, metadata ->> 'note' as note
    from public.audit_log where action = 'flag.changed' and entity_id = 'read_only'
    order by seq desc limit 4`;
  assert.deepEqual(
    audited.map((row) => [row["tenant_id"], row["after"], row["note"]]).reverse(),
    [["mk", "true", "drill"], ["mk", "false", null], [null, "true", "all of it"], [
      null,
      "false",
      null,
    ]],
  );
});

testDocuments("no files and no checkouts, for one country", async (world) => {
  const { ks, mk } = await twoMembers(world);
  const buyer = { ks: await world.person(), mk: await world.person({ tenantId: "mk" }) };
  const plans = await world.sql`
    select tenant_id, id from public.membership_plans where tier = 'standard' and is_active`;
  const buy = (tenant: "ks" | "mk") =>
    doors(buyer[tenant], "").buy(
      plans.find((plan) => plan["tenant_id"] === tenant)?.["id"],
    );
  const waiting = await world.announce(mk.me, mk.claimId);
  const late = await world.upload(mk.me, mk.claimId);
  try {
    await flag("stop_uploads", "on", "--tenant=mk");
    await flag("stop_checkout", "on", "--tenant=mk");
    // The site too, though it has not heard of the switch yet: the database tells it.
    assert.deepEqual(await told(await mk.announceOnSite()), [503, "uploads_stopped"]);
    assert.deepEqual(
      [await mk.announced(), await mk.signed(waiting), await mk.put(waiting)],
      [false, false, false],
    );
    // Everything else goes on, in both countries; what had arrived before is looked at.
    assert.deepEqual([await mk.phone(), await mk.message()], [true, true]);
    assert.deepEqual(await mk.confirm(late), [200]);
    assert.equal(await ks.announced(), true);
    assert.deepEqual(await told(await ks.announceOnSite()), [201]);
    await within5s("the prices", 503, () => buy("mk"));
    assert.equal(await buy("ks"), 303);
  } finally {
    await flag("stop_uploads", "off", "--tenant=mk");
    await flag("stop_checkout", "off", "--tenant=mk");
  }
  assert.deepEqual([await mk.put(waiting), await mk.announced()], [true, true]);
  await within5s("the prices again", 303, () => buy("mk"));
});

testDocuments("maintenance for one country, and events that are held", async (world) => {
  const { ks, mk } = await twoMembers(world);
  const id = `evt_${crypto.randomUUID()}`;
  const body = JSON.stringify(event("product.updated", { id: "pro_held" }, { id }));
  const deliver = async () => {
    const answer = await fetch(`${SITE}/api/webhooks/paddle`, {
      method: "POST",
      body,
      headers: {
        "paddle-signature": sign(body, Deno.env.get("PADDLE_WEBHOOK_SECRET_KEY") ?? "", Date.now()),
      },
    });
    return [answer.status, (await answer.json()).result];
  };
  const result = async () => {
    const [row] = await world.sql`
      select processing_result from public.webhook_events where event_id = ${id}`;
    return row?.["processing_result"];
  };
  try {
    await flag("maintenance", "on", "--tenant=mk");
    await flag("hold_webhooks", "on", "--note=drill");
    await within5s("the page", 503, mk.page);
    assert.match(await (await mk.site("/en/member")).text(), /data-testid="maintenance-page"/);
    assert.equal(await ks.page(), 200);
    // The function reads its switches by itself.
    await new Promise((done) => setTimeout(done, 4_200));
    assert.deepEqual(await deliver(), [200, "ok"]);
    assert.equal(await result(), null);
  } finally {
    await flag("maintenance", "off", "--tenant=mk");
    await flag("hold_webhooks", "off");
  }
  await within5s("the page again", 200, mk.page);
  await within5s("the event is applied when Paddle sends it again", [200, "duplicate"], deliver);
  assert.equal(await result(), "ignored");
});

testDocuments("deno task flag lists what is on, and refuses what there is not", async ({ sql }) => {
  for (
    const [args, says] of [
      [["coffee", "on"], /There is no switch coffee/],
      [["read_only", "maybe"], /Say on or off/],
      [["read_only", "on", "--tenant=xx"], /There is no tenant xx/],
      [["hold_webhooks", "on", "--tenant=mk"], /hold_webhooks is for all countries/],
    ] as const
  ) {
    const { code, text } = await typed(...args);
    assert.deepEqual([code, says.test(text)], [2, true], text);
  }
  const [before] = await sql`select count(*)::int as n from public.feature_flags where enabled`;
  try {
    const { text } = await typed("pause_nps", "on", "--tenant=mk", "--note=wrong text");
    assert.match(text, /pause_nps is on for mk; in force within five seconds/);
    assert.match((await typed()).text, /^pause_nps for mk since .* UTC: wrong text$/m);
    // What is on already is not switched, or told of, again.
    await flag("pause_nps", "on", "--tenant=mk", "--note=wrong text");
    const told = await sql`
      select actor_id, actor_role, metadata from public.audit_log
      where action = 'flag.changed' and entity_id = 'pause_nps' order by seq desc limit 2`;
    assert.deepEqual(told[0]?.["metadata"], { before: false, after: true, note: "wrong text" });
    assert.notDeepEqual(told[1]?.["metadata"], told[0]?.["metadata"]);
  } finally {
    await flag("pause_nps", "off", "--tenant=mk");
  }
  if (before?.["n"] === 0) assert.match((await typed()).text, /^No switch is on\./);
});
