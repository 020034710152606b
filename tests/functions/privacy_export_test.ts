/** A person downloads everything that is kept about them: by their own rights, asked for before, on record. */
import assert from "node:assert/strict";
import { SAMPLES } from "../support/sample_files.ts";
import { readZip } from "../support/read_zip.ts";
import {
  cookieOf,
  type DocumentsWorld,
  pdfOf,
  refusalOf,
  type SignedIn,
  testDocuments,
} from "./documents_support.ts";

const EXPORT = "/documents/export";

async function request({ db }: DocumentsWorld, person: SignedIn): Promise<string> {
  const [row] = await db.asUser(
    person,
    (tx) => tx<{ id: string }[]>`select public.request_export() as id`,
  );
  return row?.id ?? "";
}

async function audits({ sql }: DocumentsWorld, requestId: string): Promise<string[]> {
  const rows = await sql<{ action: string }[]>`
    select action from public.audit_log where entity_id = ${requestId} order by seq`;
  return rows.map(({ action }) => action);
}

async function unzip(answer: Response) {
  assert.equal(answer.status, 200);
  const entries = readZip(new Uint8Array(await answer.arrayBuffer()));
  const data = JSON.parse(new TextDecoder().decode(entries[0]?.content));
  return { names: entries.map(({ name }) => name), entries, data };
}

testDocuments("the zip has the data and the files, and is on record", async (world) => {
  const owner = await world.person();
  const staff = await world.person({ role: "staff" });
  const claimId = await world.claim(owner);
  const photo = pdfOf(300_000);
  await world.document(owner, claimId, { name: "fotografia ë.pdf", content: photo });
  await world.document(owner, claimId, { name: "twice.pdf" });
  await world.document(owner, claimId, { name: "twice.pdf" });
  await world.document(staff, claimId, { name: "letter.pdf" });
  await world.document(owner, await world.draft(owner), { name: "begun.pdf" });
  // Announced and never sent, and somebody else's.
  await world.announce(owner, claimId, { name: "never.pdf" });
  const other = await world.person();
  await world.document(other, await world.claim(other), { name: "other.pdf" });
  const requestId = await request(world, owner);

  const answer = await world.ask(EXPORT, owner);
  assert.equal(answer.headers.get("content-type"), "application/zip");
  assert.match(
    answer.headers.get("content-disposition") ?? "",
    /^attachment; filename="interdomestik-data-\d{4}-\d\d-\d\d\.zip"$/,
  );
  assert.equal(answer.headers.get("cache-control"), "private, no-store");
  const { names, entries, data } = await unzip(answer);
  const number = data.claims.find((claim: { id: string }) => claim.id === claimId)["claim_number"];
  assert.equal(names[0], "data.json");
  assert.deepEqual(
    names.slice(1).map((name) => name.replace(number, "SENT").replace(/draft-\w+/, "DRAFT")).sort(),
    [
      "files/DRAFT/begun.pdf",
      "files/SENT/fotografia ë.pdf",
      "files/SENT/letter.pdf",
      "files/SENT/twice (2).pdf",
      "files/SENT/twice.pdf",
    ],
  );
  const kept = entries.find(({ name }) => name.includes("fotografia"))?.content;
  assert.deepEqual(kept, photo);
  assert.equal(data.account.id, owner.userId);
  assert.equal(data.profiles.length, 1);
  assert.equal(data.claims.length, 2);
  assert.ok(!JSON.stringify(data).includes(other.userId));
  assert.deepEqual(await audits(world, requestId), [
    "privacy.export_requested",
    "privacy.export_downloaded",
  ]);
});

testDocuments("nothing is handed out that was not asked for, or to others", async (world) => {
  const owner = await world.person();
  assert.deepEqual(await refusalOf(await world.ask(EXPORT)), [401, "unauthorized"]);
  assert.deepEqual(await refusalOf(await world.ask(EXPORT, owner)), [409, "export_not_requested"]);
  await request(world, owner);
  const other = await world.person();
  assert.deepEqual(await refusalOf(await world.ask(EXPORT, other)), [409, "export_not_requested"]);
  const posted = await world.ask(EXPORT, owner, { method: "POST" });
  assert.equal(posted.status, 405);
  await posted.body?.cancel();
  await world.sql`
    update public.privacy_requests set expires_at = now() where user_id = ${owner.userId}`;
  assert.deepEqual(await refusalOf(await world.ask(EXPORT, owner)), [409, "export_not_requested"]);
});

testDocuments("a session that has ended and a person who is locked get nothing", async (world) => {
  const owner = await world.person();
  await request(world, owner);
  await world.sql`delete from auth.sessions where id = ${owner.sessionId}`;
  assert.deepEqual(await refusalOf(await world.ask(EXPORT, owner)), [401, "unauthorized"]);
  const locked = await world.person();
  await request(world, locked);
  await world.sql`update public.profiles set is_active = false where id = ${locked.userId}`;
  assert.deepEqual(await refusalOf(await world.ask(EXPORT, locked)), [401, "unauthorized"]);
});

testDocuments("five copies an hour are enough", async (world) => {
  const owner = await world.person();
  await request(world, owner);
  for (let count = 0; count < 5; count++) {
    await (await world.ask(EXPORT, owner)).body?.cancel();
  }
  const late = await world.ask(EXPORT, owner);
  assert.ok(Number(late.headers.get("retry-after")) > 0);
  assert.deepEqual(await refusalOf(late), [429, "too_many_requests"]);
});

testDocuments("a file that is gone from Storage is named, and the others come", async (world) => {
  const owner = await world.person();
  const claimId = await world.claim(owner);
  const gone = await world.document(owner, claimId, { name: "gone.pdf" });
  await world.document(owner, claimId, { name: "there.pdf" });
  await world.sql`set session_replication_role = replica`;
  await world.sql`delete from storage.objects where name = ${gone.path}`;
  await world.sql`set session_replication_role = origin`;
  await request(world, owner);
  const { names, entries } = await unzip(await world.ask(EXPORT, owner));
  assert.equal(names.filter((name) => name.endsWith("/there.pdf")).length, 1);
  assert.equal(names.at(-1), "missing.txt");
  assert.match(new TextDecoder().decode(entries.at(-1)?.content), /\/gone\.pdf\n$/);
});

testDocuments("the site passes it on with the person's token", async (world) => {
  const owner = await world.person();
  await world.document(owner, await world.claim(owner), { content: SAMPLES["application/pdf"] });
  await request(world, owner);
  const address = `${Deno.env.get("SITE_URL")}/api/privacy/export`;
  const { data } = await unzip(await fetch(address, { headers: { cookie: cookieOf(owner) } }));
  assert.equal(data.account.id, owner.userId);
  const stranger = await fetch(address);
  assert.equal(stranger.status, 401);
  await stranger.body?.cancel();
});
