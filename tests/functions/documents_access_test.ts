/** Who opens documents, what is noted of it, and what is never handed out. */
import assert from "node:assert/strict";
import {
  type Announced,
  BUCKET,
  type DocumentsWorld,
  refusalOf,
  type SignedIn,
  testDocuments,
} from "./documents_support.ts";
import { SAMPLES } from "../support/sample_files.ts";

const NOBODYS = "00000000-0000-4000-8000-000000000000";

const download = (id: string) => `/documents/${id}/download`;

async function branchOf(world: DocumentsWorld, code: string): Promise<string> {
  const [row] = await world.sql<{ id: string }[]>`
    select id from public.branches where tenant_id = 'ks' and code = ${code}`;
  return row?.id ?? "";
}

/** A member's document, and everyone who might ask for it. */
async function scene(world: DocumentsWorld) {
  const branchId = await branchOf(world, "KS-A");
  const elsewhere = await branchOf(world, "KS-B");
  const agent = await world.person({ role: "agent", branchId });
  const owner = await world.person({ branchId, agentId: agent.userId });
  const claimId = await world.claim(owner);
  const [document, others] = await Promise.all([
    world.document(owner, claimId, { name: "Dëshmi 1.pdf" }),
    Promise.all([
      world.person({ role: "staff" }),
      world.person({ role: "tenant_admin" }),
      world.person({ role: "super_admin", tenantId: "mk" }),
      world.person({ role: "branch_manager", branchId }),
      world.person({ role: "branch_manager", branchId: elsewhere }),
      world.person({ role: "agent", branchId }),
      world.person(),
      world.person({ tenantId: "mk" }),
      world.person({ role: "staff", tenantId: "mk" }),
      world.person({ role: "tenant_admin", tenantId: "mk" }),
    ]),
  ]);
  const [
    staff,
    admin,
    superAdmin,
    manager,
    otherManager,
    otherAgent,
    member,
    mk,
    mkStaff,
    mkAdmin,
  ] = others;
  return {
    document,
    claimId,
    owner,
    readers: { owner, staff, admin, superAdmin, manager },
    forbidden: { agent, otherManager, otherAgent, member },
    foreign: { mk, mkStaff, mkAdmin },
  };
}

async function accessesBy(world: DocumentsWorld, document: Announced, who: SignedIn) {
  const audits = await world.audits(document.id);
  return audits.filter((audit) =>
    audit.actorId === who.userId && audit.action !== "document.uploaded"
  )
    .map((audit) => audit.action);
}

testDocuments(
  "documents are opened by those who may and by nobody else, each noted",
  async (world) => {
    const { document, readers, forbidden, foreign } = await scene(world);
    for (const [name, reader] of Object.entries(readers)) {
      const file = await world.ask(download(document.id), reader);
      assert.equal(file.status, 200, name);
      assert.deepEqual(new Uint8Array(await file.arrayBuffer()), SAMPLES["application/pdf"], name);
      const inline = await world.ask(`${download(document.id)}?disposition=inline`, reader);
      await inline.body?.cancel();
      const link = await world.ask(`/documents/${document.id}`, reader);
      assert.equal(link.status, 200, name);
      await link.body?.cancel();
      assert.deepEqual(await accessesBy(world, document, reader), [
        "document.download",
        "document.view",
        "document.signed_url_issued",
      ], name);
    }
    for (
      const [people, status, code] of [
        [forbidden, 403, "forbidden"],
        [foreign, 404, "not_found"],
      ] as const
    ) {
      for (const [name, person] of Object.entries(people)) {
        for (const path of [download(document.id), `/documents/${document.id}`]) {
          assert.deepEqual(await refusalOf(await world.ask(path, person)), [status, code], name);
        }
        assert.deepEqual(
          await accessesBy(world, document, person),
          ["document.forbidden", "document.forbidden"],
          name,
        );
      }
    }
  },
);

testDocuments("what is noted says who, as what, of which tenant and how", async (world) => {
  const owner = await world.person();
  const claimId = await world.claim(owner);
  const document = await world.document(owner, claimId);
  const staff = await world.person({ role: "staff" });
  const stranger = await world.person({ tenantId: "mk" });
  await (await world.ask(`${download(document.id)}?disposition=inline`, staff)).body?.cancel();
  await (await world.ask(`/documents/${document.id}`, owner)).body?.cancel();
  await (await world.ask(download(document.id), stranger)).body?.cancel();
  const size = SAMPLES["application/pdf"].length;
  const [uploaded, viewed, signed, refused, ...none] = await world.audits(document.id);
  assert.equal(uploaded?.action, "document.uploaded");
  assert.deepEqual(viewed, {
    action: "document.view",
    actorId: staff.userId,
    actorRole: "staff",
    tenantId: "ks",
    metadata: { type: "application/pdf", size, disposition: "inline", "claim_id": claimId },
  });
  assert.deepEqual(signed, {
    action: "document.signed_url_issued",
    actorId: owner.userId,
    actorRole: "member",
    tenantId: "ks",
    metadata: { type: "application/pdf", size, "expires_in": 60, "claim_id": claimId },
  });
  assert.deepEqual(
    [refused?.action, refused?.actorId, refused?.tenantId, refused?.metadata["outcome"]],
    ["document.forbidden", stranger.userId, "ks", "not_found"],
  );
  assert.deepEqual(none, []);
});

testDocuments("an agent opens what they uploaded themselves, and nothing else", async (world) => {
  const agent = await world.person({ role: "agent" });
  const owner = await world.person({ agentId: agent.userId });
  const claimId = await world.claim(owner);
  const own = await world.document(agent, claimId);
  const others = await world.document(owner, claimId);
  assert.equal((await world.ask(download(own.id), agent)).status, 200);
  assert.deepEqual(await refusalOf(await world.ask(download(others.id), agent)), [
    403,
    "forbidden",
  ]);
});

testDocuments("Storage too turns the token of an ended session away", async (world) => {
  const owner = await world.person();
  const claimId = await world.claim(owner);
  const { path } = await world.document(owner, claimId);
  const awaited = await world.announce(owner, claimId);
  const storage = `${world.env.supabaseUrl}/storage/v1/object`;
  const ask = async (at: string, init: RequestInit = {}) => {
    const answer = await fetch(`${storage}/${at}`, {
      ...init,
      headers: {
        apikey: world.env.supabasePublishableKey,
        authorization: `Bearer ${owner.token}`,
        "content-type": "application/json",
      },
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const tries = async () => [
    await ask(`${BUCKET}/${path}`),
    await ask(`sign/${BUCKET}/${path}`, { method: "POST", body: `{"expiresIn":60}` }),
    await ask(`upload/sign/${BUCKET}/${awaited.path}`, { method: "POST" }),
  ];
  assert.deepEqual(await tries(), [200, 200, 200]);
  await world.sql`delete from auth.sessions where id = ${owner.sessionId}`;
  assert.deepEqual(await tries(), [400, 400, 400]);
});

testDocuments("without a valid token nobody gets anywhere", async (world) => {
  const owner = await world.person();
  const document = await world.document(owner, await world.draft(owner));
  const paths: [string, RequestInit][] = [
    [`/documents/${document.id}`, {}],
    [download(document.id), {}],
    [`/documents/${document.id}/confirm`, { method: "POST" }],
  ];
  const [head, payload] = owner.token.split(".");
  const tokens = ["", "Bearer", "Bearer x", `Bearer ${head}.${payload}.`, `Basic ${owner.token}`];
  for (const [path, init] of paths) {
    for (const authorization of tokens) {
      const answer = await world.ask(path, null, { ...init, headers: { authorization } });
      assert.deepEqual(await refusalOf(answer), [401, "unauthorized"], `${path} ${authorization}`);
    }
  }
});

testDocuments(
  "a session that was ended is refused at once, whatever its token says",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    const document = await world.document(owner, claimId);
    const uploaded = await world.upload(owner, claimId);
    assert.equal((await world.ask(download(document.id), owner)).status, 200);
    await world.sql`delete from auth.sessions where id = ${owner.sessionId}`;
    for (const path of [`/documents/${document.id}`, download(document.id)]) {
      assert.deepEqual(await refusalOf(await world.ask(path, owner)), [401, "unauthorized"]);
    }
    const confirm = await world.ask(`/documents/${uploaded.id}/confirm`, owner, { method: "POST" });
    assert.deepEqual(await refusalOf(confirm), [401, "unauthorized"]);
    const actions = (await world.audits(document.id)).map(({ action }) => action);
    assert.deepEqual(actions, ["document.uploaded", "document.download"]);
  },
);

testDocuments(
  "somebody who was switched off, moved or lost their role is refused at once",
  async (world) => {
    const { document, readers: { staff, manager, admin } } = await scene(world);
    await world.sql`update profiles set is_active = false where id = ${admin.userId}`;
    await world.sql`update profiles set role = 'member' where id = ${staff.userId}`;
    await world.sql`
    update profiles set branch_id = ${await branchOf(world, "KS-B")} where id = ${manager.userId}`;
    const ask = async (person: SignedIn) =>
      await refusalOf(await world.ask(download(document.id), person));
    assert.deepEqual(await ask(admin), [401, "unauthorized"]);
    assert.deepEqual(await ask(staff), [403, "forbidden"]);
    assert.deepEqual(await ask(manager), [403, "forbidden"]);
  },
);

testDocuments(
  "what was deleted, is not confirmed, unknown or no id is not there",
  async (world) => {
    const owner = await world.person();
    const staff = await world.person({ role: "staff" });
    const claimId = await world.claim(owner);
    const deleted = await world.document(owner, claimId);
    const pending = await world.upload(owner, claimId);
    await world.db.asUser(
      staff,
      (tx) => tx`select public.delete_document(${deleted.id}, 'Sent by mistake')`,
    );
    for (const id of [deleted.id, pending.id, NOBODYS, "x", "..", "%2e%2e", `${NOBODYS}0`]) {
      for (const person of [owner, staff]) {
        for (const path of [`/documents/${id}/download`, `/documents/${id}`]) {
          const answer = await world.ask(path, person);
          assert.deepEqual(await refusalOf(answer), [404, "not_found"], path);
        }
      }
    }
    const noted = (await world.audits(NOBODYS)).filter(({ actorId }) => actorId === owner.userId);
    assert.deepEqual(noted.map(({ action }) => action), [
      "document.forbidden",
      "document.forbidden",
    ]);
  },
);

testDocuments("what did not succeed is not noted as if it had", async (world) => {
  const owner = await world.person();
  const document = await world.document(owner, await world.draft(owner));
  // The bytes are lost: Storage's row goes as an operator would lose it.
  await world.sql`update storage.objects set name = name || '-lost' where name = ${document.path}`;
  for (const path of [`/documents/${document.id}`, download(document.id)]) {
    assert.deepEqual(await refusalOf(await world.ask(path, owner)), [500, "file_missing"]);
  }
  const actions = (await world.audits(document.id)).map(({ action }) => action);
  assert.deepEqual(actions, ["document.uploaded"]);
  await world.sql`
    update storage.objects set name = ${document.path} where name = ${`${document.path}-lost`}`;
});

testDocuments("after 60 tries in a minute a person waits, and only they", async (world) => {
  const [owner, other] = [await world.person(), await world.person({ role: "staff" })];
  const document = await world.document(owner, await world.claim(owner));
  const ask = (who: SignedIn) => world.ask(download(document.id), who, { method: "HEAD" });
  // The window may end meanwhile; then it is gone through once more.
  const statuses = new Set<number>();
  for (let tries = 0; tries < 125 && !statuses.has(429); tries++) {
    statuses.add((await ask(owner)).status);
  }
  assert.deepEqual([...statuses], [200, 429]);
  const refused = await world.ask(`/documents/${document.id}`, owner);
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.deepEqual(await refusalOf(refused), [429, "too_many_requests"]);
  assert.equal((await ask(other)).status, 200);
});

testDocuments("a signed address works for whoever has it, for this file only", async (world) => {
  const owner = await world.person();
  const document = await world.document(owner, await world.draft(owner), {
    name: `Foto "e parë" & të tjera;.pdf`,
  });
  const answer = await world.ask(`/documents/${document.id}`, owner);
  assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
  assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
  const body = await answer.json();
  assert.deepEqual(Object.keys(body), ["url", "name", "type", "size", "expiresIn"]);
  assert.deepEqual([body.name, body.type, body.expiresIn], [
    `Foto "e parë" & të tjera;.pdf`,
    "application/pdf",
    60,
  ]);
  const url = new URL(body.url);
  assert.equal(url.searchParams.get("download"), "Foto _e parë_ & të tjera;.pdf");
  const file = await fetch(url);
  assert.equal((await file.arrayBuffer()).byteLength, body.size);
  const last = url.pathname.at(-1) === "0" ? "1" : "0";
  url.pathname = url.pathname.slice(0, -1) + last;
  const other = await fetch(url);
  assert.ok(other.status >= 400);
  await other.body?.cancel();
});

testDocuments("methods that are none are refused", async (world) => {
  for (
    const [method, path, allow] of [
      ["DELETE", `/documents/${NOBODYS}`, "GET"],
      ["POST", download(NOBODYS), "GET, HEAD"],
      ["GET", `/documents/${NOBODYS}/confirm`, "POST"],
      ["PUT", `/documents/share/${"a".repeat(43)}/1`, "GET, POST"],
    ] as const
  ) {
    const answer = await world.ask(path, null, { method });
    assert.deepEqual([answer.status, answer.headers.get("allow")], [405, allow]);
  }
});
