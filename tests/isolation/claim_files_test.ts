/**
 * Storage itself refuses what the database does not await: the wrong person, place, time or file.
 */
import assert from "node:assert/strict";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { stackValue } from "../support/stack_env.ts";

const BUCKET = "claim-evidence";
const PDF = new TextEncoder().encode("%PDF-1.7");
const AS_PDF = { contentType: "application/pdf" };

async function as(email: string): Promise<SupabaseClient> {
  const client = createClient(
    stackValue("SUPABASE_URL"),
    stackValue("SUPABASE_PUBLISHABLE_KEY"),
    { auth: { persistSession: false, autoRefreshToken: false } },
  );
  const { error } = await client.auth.signInWithPassword({
    email,
    password: stackValue("DEMO_PASSWORD"),
  });
  if (error) throw error;
  return client;
}

/** A draft of a member with one document announced; its id and the path that Storage awaits. */
async function announce(member: SupabaseClient): Promise<{ id: string; path: string }> {
  const claim = crypto.randomUUID();
  const begun = await member.from("claims").insert({ id: claim, title: "Flight delayed" });
  assert.equal(begun.error, null);
  const { data, error } = await member.from("claim_documents")
    .insert({ claim_id: claim, name: "ticket.pdf", file_type: "application/pdf", file_size: 8 })
    .select("id, file_path").single();
  assert.equal(error, null);
  return { id: data?.["id"], path: data?.["file_path"] };
}

Deno.test("Storage takes a file once, from its uploader, at its place, and shows it when confirmed", async () => {
  const [member, other, staff] = await Promise.all([
    as("new.ks@demo.test"),
    as("member2.ks@demo.test"),
    as("staff.ks@demo.test"),
  ]);
  const bucket = (client: SupabaseClient) => client.storage.from(BUCKET);
  const { id, path } = await announce(member);

  const refused = await Promise.all([
    bucket(other).upload(path, PDF, AS_PDF),
    bucket(other).createSignedUploadUrl(path),
    bucket(staff).createSignedUploadUrl(path),
    bucket(member).upload(`${path}x`, PDF, AS_PDF),
    bucket(member).upload(path, PDF, { contentType: "text/html" }),
  ]);
  for (const { error } of refused) assert.notEqual(error, null);

  const address = await bucket(member).createSignedUploadUrl(path);
  assert.equal(address.error, null);
  const token = address.data?.token ?? "";
  const elsewhere = await bucket(member).uploadToSignedUrl(`${path}x`, token, PDF, AS_PDF);
  assert.notEqual(elsewhere.error, null);
  assert.equal((await bucket(member).uploadToSignedUrl(path, token, PDF, AS_PDF)).error, null);
  assert.notEqual((await bucket(member).uploadToSignedUrl(path, token, PDF, AS_PDF)).error, null);
  assert.equal(await (await bucket(member).download(path)).data?.text(), "%PDF-1.7");
  assert.notEqual((await bucket(staff).download(path)).error, null);

  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    const [confirmed] = await sql<{ outcome: string }[]>`
      select private.confirm_document(
        document.id, document.uploaded_by, found.object_version, 'application/pdf', null
      ) as outcome
      from public.claim_documents as document
      cross join lateral private.find_upload(document.id, document.uploaded_by) as found
      where document.id = ${id}`;
    assert.equal(confirmed?.outcome, "confirmed");
    assert.equal((await bucket(staff).download(path)).error, null);
    assert.notEqual((await bucket(other).download(path)).error, null);
    assert.notEqual((await bucket(other).createSignedUrl(path, 60)).error, null);
    const shown = await fetch(
      (await bucket(staff).createSignedUrl(path, 60)).data?.signedUrl ?? "",
    );
    assert.equal(await shown.text(), "%PDF-1.7");
    assert.notEqual(
      (await bucket(member).upload(path, PDF, { ...AS_PDF, upsert: true })).error,
      null,
    );
    assert.notEqual((await bucket(member).move(path, `${path}2`)).error, null);
    assert.notEqual((await bucket(member).copy(path, `${path}2`)).error, null);
    await bucket(member).remove([path]);
    assert.equal((await bucket(staff).download(path)).error, null, "nobody removes a file");
    await sql`update storage.objects set version = 'replaced' where name = ${path}`;
    assert.notEqual(
      (await bucket(staff).download(path)).error,
      null,
      "what was replaced is hidden",
    );
  } finally {
    await sql.end();
  }
});
