/** Receipts of payments by hand: taken from the lead's agent, shown to whoever checks them. */
import assert from "node:assert/strict";
import { SAMPLES, zip } from "../support/sample_files.ts";
import { codeOf, type DocumentsWorld, type SignedIn, testDocuments } from "./documents_support.ts";

async function branchId({ sql }: DocumentsWorld, code: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from public.branches where code = ${code}`;
  return row?.id ?? assert.fail();
}

async function people(world: DocumentsWorld) {
  const [here, there] = [await branchId(world, "KS-A"), await branchId(world, "KS-B")];
  return {
    agent: await world.person({ role: "agent", branchId: here }),
    other: await world.person({ role: "agent", branchId: here }),
    manager: await world.person({ role: "branch_manager", branchId: here }),
    elsewhere: await world.person({ role: "branch_manager", branchId: there }),
    admin: await world.person({ role: "tenant_admin" }),
    staff: await world.person({ role: "staff" }),
    abroad: await world.person({ role: "tenant_admin", tenantId: "mk" }),
  };
}

async function lead({ db }: DocumentsWorld, agent: SignedIn): Promise<string> {
  const email = `${crypto.randomUUID()}@lead.test`;
  const [row] = await db.asUser(agent, (tx) =>
    tx<{ id: string }[]>`
      select private.create_lead('Arta', 'Berisha', ${email}, null, 'sq', null, null) as id`);
  return row?.id ?? assert.fail();
}

function send(
  { ask }: DocumentsWorld,
  by: SignedIn | null,
  leadId: string,
  content: Uint8Array,
  name = "dëftesa.jpg",
) {
  return ask(`/documents/proofs?lead=${leadId}`, by, {
    method: "POST",
    headers: { "content-type": "image/jpeg", "x-file-name": encodeURIComponent(name) },
    body: content as Uint8Array<ArrayBuffer>,
  });
}

testDocuments(
  "a receipt goes from the agent to those who check it, and to nobody else",
  async (world) => {
    const { agent, other, manager, elsewhere, admin, staff, abroad } = await people(world);
    const leadId = await lead(world, agent);
    const photo = SAMPLES["image/jpeg"];
    const taken = await send(world, agent, leadId, photo);
    assert.equal(taken.status, 201, await taken.clone().text());
    const proof = await taken.json() as { id: string; name: string; type: string; size: number };
    assert.deepEqual([proof.name, proof.type, proof.size], [
      "dëftesa.jpg",
      "image/jpeg",
      photo.length,
    ]);

    for (const reader of [agent, manager, admin]) {
      const answer = await world.ask(`/documents/proofs/${proof.id}`, reader);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("content-disposition") ?? "", /^inline/);
      assert.match(answer.headers.get("content-security-policy") ?? "", /sandbox/);
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(photo));
    }
    const saved = await world.ask(`/documents/proofs/${proof.id}?disposition=attachment`, manager);
    assert.match(saved.headers.get("content-disposition") ?? "", /^attachment/);
    await saved.body?.cancel();
    for (const stranger of [other, elsewhere, staff, abroad]) {
      const answer = await world.ask(`/documents/proofs/${proof.id}`, stranger);
      assert.equal(answer.status, 404);
      await answer.body?.cancel();
    }
    const nobody = await world.ask(`/documents/proofs/${proof.id}`, null);
    assert.equal(nobody.status, 401);
    await nobody.body?.cancel();
    const told = await world.sql<{ action: string; n: number }[]>`
    select action, count(*)::int as n from public.audit_log
    where entity_type = 'payment_proof' and entity_id = ${proof.id} group by action order by action`;
    assert.deepEqual(told.map(({ action, n }) => [action, n]), [
      ["document.download", 1],
      ["document.forbidden", 4],
      ["document.view", 3],
    ]);
  },
);

testDocuments("what is no receipt is stored nowhere", async (world) => {
  const { agent, other, admin } = await people(world);
  const leadId = await lead(world, agent);
  const photo = SAMPLES["image/jpeg"];
  const refusals = [
    [await send(world, agent, leadId, zip()), 422, "archive"],
    [await send(world, agent, leadId, new TextEncoder().encode("hello")), 422, "wrong_type"],
    [await send(world, agent, leadId, new Uint8Array()), 422, "empty_file"],
    [
      await send(world, agent, leadId, new Uint8Array(15 * 1024 * 1024 + 1)),
      413,
      "payload_too_large",
    ],
    [await send(world, other, leadId, photo), 404, "not_found"],
    [await send(world, admin, leadId, photo), 404, "not_found"],
    [await send(world, agent, crypto.randomUUID(), photo), 404, "not_found"],
    [await send(world, agent, "x", photo), 404, "not_found"],
    [await send(world, null, leadId, photo), 401, "unauthorized"],
  ] as const;
  for (const [answer, status, code] of refusals) {
    assert.deepEqual([answer.status, await codeOf(answer)], [status, code]);
  }
  const [left] = await world.sql`
    select count(*)::int as n from public.payment_proofs where lead_id = ${leadId}`;
  assert.equal(left?.["n"], 0);
});

testDocuments("a receipt that was never handed in is swept", async (world) => {
  const { agent } = await people(world);
  const leadId = await lead(world, agent);
  const taken = await send(world, agent, leadId, SAMPLES["image/png"]);
  const { id } = await taken.json() as { id: string };
  const orphan = async () => {
    const [row] = await world.sql<{ path: string }[]>`
      select file_path as path from private.document_orphans(now())
      where file_path like ${`%${id}`}`;
    return row !== undefined;
  };
  assert.equal(await orphan(), false, "the form may not be finished yet");
  await world.sql`
    update storage.objects set created_at = now() - interval '2 days' where name like ${`%${id}`}`;
  assert.equal(await orphan(), true);
});
