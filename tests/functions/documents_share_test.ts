/** Documents handed out by a link: to whoever has it, and its PIN, while it works; each access noted. */
import assert from "node:assert/strict";
import {
  type Announced,
  type DocumentsWorld,
  linkSecret,
  refusalOf,
  type SignedIn,
  testDocuments,
} from "./documents_support.ts";
import { jpeg, SAMPLES } from "../support/sample_files.ts";

const PDF = SAMPLES["application/pdf"];

interface Pack {
  readonly id: string;
  readonly token: string;
}

async function share(
  world: DocumentsWorld,
  by: SignedIn,
  claimId: string,
  documents: readonly Announced[],
  pin: string | null = null,
): Promise<Pack> {
  const { token, hash } = linkSecret();
  const [row] = await world.db.asUser(by, (tx) =>
    tx<{ id: string }[]>`
      select public.create_share_pack(
        ${claimId}, ${documents.map(({ id }) => id)}::uuid[], ${hash}, now() + interval '1 day',
        ${pin}, 'The airline'
      ) as id`);
  return { id: row?.id ?? "", token };
}

/** A member's two documents and a link to them. */
async function scene(world: DocumentsWorld, pin: string | null = null) {
  const owner = await world.person();
  const claimId = await world.claim(owner);
  const paper = await world.document(owner, claimId, { name: "Letër.pdf" });
  const photo = await world.document(owner, claimId, {
    name: "photo.jpg",
    type: "image/jpeg",
    content: jpeg(),
  });
  return {
    owner,
    claimId,
    paper,
    photo,
    pack: await share(world, owner, claimId, [paper, photo], pin),
  };
}

const open = (
  world: DocumentsWorld,
  { token }: Pick<Pack, "token">,
  place: number | string = 1,
  fields: Record<string, string> | null = null,
  from?: string,
) =>
  world.ask(`/documents/share/${token}/${place}`, null, {
    ...(from === undefined ? {} : { from }),
    ...(fields === null ? {} : { method: "POST", body: new URLSearchParams(fields) }),
  });

async function accesses(world: DocumentsWorld, { id }: Pack) {
  const rows = await world.sql<{ documentId: string | null; action: string }[]>`
    select document_id as "documentId", action from share_pack_accesses
    where pack_id = ${id} order by created_at`;
  return rows.map(({ documentId, action }) => [action, documentId]);
}

testDocuments(
  "a link hands out its documents and nothing else, each access noted",
  async (world) => {
    const { owner, paper, photo, pack } = await scene(world);
    const saved = await open(world, pack, 1);
    assert.equal(saved.status, 200);
    assert.equal(
      saved.headers.get("content-disposition"),
      `attachment; filename="Leter.pdf"; filename*=UTF-8''Let%C3%ABr.pdf`,
    );
    assert.match(
      saved.headers.get("content-security-policy") ?? "",
      /^sandbox; default-src 'none'/,
    );
    assert.match(saved.headers.get("cache-control") ?? "", /no-store/);
    assert.equal(saved.headers.get("referrer-policy"), "no-referrer");
    assert.deepEqual(new Uint8Array(await saved.arrayBuffer()), PDF);

    const shown = await world.ask(`/documents/share/${pack.token}/2?disposition=inline`);
    assert.match(shown.headers.get("content-disposition") ?? "", /^inline; filename="photo.jpg"/);
    assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), jpeg());

    for (const place of [3, 0, 20, 21, "x", "1x", "-1", "01", paper.id]) {
      assert.deepEqual(
        await refusalOf(await open(world, pack, place)),
        [404, "not_found"],
        `${place}`,
      );
    }
    assert.deepEqual(await accesses(world, pack), [["downloaded", paper.id], ["viewed", photo.id]]);
    for (const [document, how] of [[paper, "downloaded"], [photo, "viewed"]] as const) {
      const audit = (await world.audits(document.id)).at(-1);
      assert.deepEqual(audit, {
        action: "document.share_opened",
        actorId: null,
        actorRole: "share_pack",
        tenantId: "ks",
        metadata: { "share_pack_id": pack.id, how },
      });
    }
    const [seen] = await world.db.asUser(
      owner,
      (tx) => tx`select action, accessed_by_role from public.document_accesses(${paper.id})`,
    );
    assert.deepEqual(seen, { action: "document.share_opened", accessedByRole: "share_pack" });
  },
);

testDocuments("a link is a secret: nothing near it works", async (world) => {
  const { pack } = await scene(world);
  const last = pack.token.at(-1) === "A" ? "E" : "A";
  for (
    const token of [
      linkSecret().token,
      pack.token.slice(0, -1) + last,
      pack.token.slice(0, -1),
      `${pack.token}A`,
      pack.id,
      "%00".repeat(43),
    ]
  ) {
    assert.deepEqual(await refusalOf(await open(world, { token })), [404, "not_found"], token);
  }
});

testDocuments("a PIN is asked for and checked at every document", async (world) => {
  const { paper, pack } = await scene(world, "482913");
  assert.deepEqual(await refusalOf(await open(world, pack)), [401, "pin_required"]);
  assert.deepEqual(await refusalOf(await open(world, pack, 1, { pin: "" })), [401, "pin_required"]);
  assert.deepEqual(await refusalOf(await open(world, pack, 1, { pin: "482914" })), [
    403,
    "wrong_pin",
  ]);
  const inAddress = await world.ask(`/documents/share/${pack.token}/1?pin=482913`);
  assert.deepEqual(await refusalOf(inAddress), [401, "pin_required"], "no PIN in an address");
  const right = await open(world, pack, 1, { pin: "482913", disposition: "inline" });
  assert.equal(right.status, 200);
  assert.match(right.headers.get("content-disposition") ?? "", /^inline/);
  assert.deepEqual(new Uint8Array(await right.arrayBuffer()), PDF);
  assert.deepEqual(await accesses(world, pack), [["wrong_pin", null], ["viewed", paper.id]]);
});

testDocuments(
  "five wrong PINs close a link for good, tried one by one or all at once",
  async (world) => {
    const { pack, owner, claimId, paper } = await scene(world, "4829");
    for (const pin of ["1111", "abcd", "2222", "0", "3333"]) {
      await (await open(world, pack, 1, { pin })).body?.cancel();
    }
    assert.deepEqual(await refusalOf(await open(world, pack, 1, { pin: "4829" })), [403, "locked"]);

    const other = await share(world, owner, claimId, [paper], "4829");
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, at) => open(world, other, 1, { pin: String(5000 + at) })),
    );
    const codes = await Promise.all(tries.map(async (answer) => (await refusalOf(answer))[1]));
    assert.equal(codes.filter((code) => code === "wrong_pin").length, 4);
    assert.equal(codes.filter((code) => code === "locked").length, 8);
    assert.deepEqual(await refusalOf(await open(world, other, 1, { pin: "4829" })), [
      403,
      "locked",
    ]);
    assert.equal((await accesses(world, other)).length, 5);
  },
);

testDocuments("an address tries 600 times in a minute, at whatever link", async (world) => {
  const { pack } = await scene(world);
  const from = crypto.randomUUID();
  let refused: Response | null = null;
  // Counted by the minute: it may begin anew in between.
  for (let round = 0; round < 3 && refused === null; round++) {
    await world.sql`
      select private.take_rate_limit('documents-share', ${from}, 600, interval '1 minute')
      from generate_series(1, 599)`;
    for (const link of [linkSecret(), pack]) {
      const answer = await open(world, link, 1, null, from);
      if (answer.status === 429) refused = answer;
      else await answer.body?.cancel();
    }
  }
  assert.ok(refused);
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.deepEqual(await refusalOf(refused), [429, "too_many_requests"]);
  const elsewhere = await open(world, pack);
  assert.equal(elsewhere.status, 200);
  await elsewhere.body?.cancel();
});

testDocuments("a link that was taken back or is over hands out nothing", async (world) => {
  const { owner, claimId, paper, pack } = await scene(world);
  const over = await share(world, owner, claimId, [paper]);
  await world.sql.begin(async (sql) => {
    // Not even the owner changes how long a link works.
    await sql`set local session_replication_role = replica`;
    await sql`
      update share_packs set created_at = now() - interval '2 days', expires_at = now()
      where id = ${over.id}`;
  });
  await world.db.asUser(owner, (tx) => tx`select public.revoke_share_pack(${pack.id})`);
  for (const one of [pack, over]) {
    assert.deepEqual(await refusalOf(await open(world, one)), [404, "not_found"]);
    assert.deepEqual(await accesses(world, one), []);
  }
});

testDocuments(
  "deleted or replaced documents are not handed out any more, others are",
  async (world) => {
    const { paper, photo, pack } = await scene(world);
    const staff = await world.person({ role: "staff" });
    await world.db.asUser(
      staff,
      (tx) => tx`select public.delete_document(${paper.id}, 'Sent by mistake')`,
    );
    assert.deepEqual(await refusalOf(await open(world, pack, 1)), [404, "not_found"]);
    const photoToo = await open(world, pack, 2);
    assert.equal(photoToo.status, 200);
    await photoToo.body?.cancel();
    await world.sql`update storage.objects set version = 'replaced' where name = ${photo.path}`;
    assert.deepEqual(await refusalOf(await open(world, pack, 2)), [404, "not_found"]);
  },
);

testDocuments("whoever was switched off shares nothing any more", async (world) => {
  const { owner, pack } = await scene(world);
  await world.sql`update profiles set is_active = false where id = ${owner.userId}`;
  assert.deepEqual(await refusalOf(await open(world, pack)), [404, "not_found"]);
});

testDocuments(
  "parts are handed out, HEAD notes nothing, and other bodies are refused",
  async (world) => {
    const { pack } = await scene(world);
    const path = `/documents/share/${pack.token}/1`;
    const part = await world.ask(path, null, { headers: { range: "bytes=0-4" } });
    assert.deepEqual([part.status, await part.text()], [206, "%PDF-"]);
    assert.equal((await world.ask(path, null, { method: "HEAD" })).status, 200);
    assert.equal((await accesses(world, pack)).length, 1);
    const json = await world.ask(path, null, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    assert.deepEqual(await refusalOf(json), [400, "malformed"]);
    const long = await open(world, pack, 1, { pin: "1".repeat(2_000) });
    assert.deepEqual(await refusalOf(long), [413, "payload_too_large"]);
  },
);

testDocuments(
  "the site passes links on without anybody's session, and keeps them to itself",
  async (world) => {
    const { pack } = await scene(world, "482913");
    const url = `${Deno.env.get("SITE_URL")}/api/documents/share/${pack.token}/1`;
    const none = await fetch(url);
    assert.deepEqual([none.status, (await none.json()).error.code], [401, "pin_required"]);
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ pin: "482913" }),
      headers: { cookie: "session=whatever", origin: "https://elsewhere.example" },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.match(answer.headers.get("content-security-policy") ?? "", /^sandbox; /);
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), PDF);
  },
);
