/**
 * Files of others, asked of Storage in every way it knows.
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { stackValue } from "../support/stack_env.ts";
import { attacker } from "./attackers.ts";

const BUCKET = "claim-evidence";
const PDF = new TextEncoder().encode("%PDF-1.7");
const AS_PDF = { contentType: "application/pdf" };
const STRANGERS = ["visitor", "member2.ks", "agent.ks", "member.mk", "staff.mk", "admin.mk"];

/** The demo's documents: confirmed, and readable for their member. */
async function pathsOf(name: string): Promise<string[]> {
  const sql = postgres(stackValue("TEST_DATABASE_URL"), { max: 1, onnotice: () => {} });
  try {
    const rows = await sql<{ path: string }[]>`
      select document.file_path as path
      from public.claim_documents as document
      join public.profiles as member on member.id = document.member_id
      where member.email = ${`${name}@demo.test`} and document.is_readable
      order by 1`;
    return rows.map((row) => row.path);
  } finally {
    await sql.end();
  }
}

const paths = await pathsOf("member.ks");

Deno.test("the member reads their files, so that there is something to be kept from others", async () => {
  assert.ok(paths.length > 0);
  const { client } = await attacker("member.ks");
  for (const path of paths) {
    const { data, error } = await client.storage.from(BUCKET).download(path);
    assert.equal(error, null);
    assert.ok((data?.size ?? 0) > 0);
  }
});

for (const name of STRANGERS) {
  Deno.test(`Storage gives ${name} no file of a member, lists none and takes none away`, async () => {
    const { client } = await attacker(name);
    const bucket = client.storage.from(BUCKET);
    const own = `tenants/ks/claims/${crypto.randomUUID()}/${crypto.randomUUID()}`;
    for (const path of paths) {
      const folder = path.slice(0, path.lastIndexOf("/"));
      const attempts = {
        download: await bucket.download(path),
        info: await bucket.info(path),
        sign: await bucket.createSignedUrl(path, 60),
        upload: await bucket.upload(path, PDF, AS_PDF),
        upsert: await bucket.upload(path, PDF, { ...AS_PDF, upsert: true }),
        update: await bucket.update(path, PDF, AS_PDF),
        uploadAddress: await bucket.createSignedUploadUrl(path),
        upsertAddress: await bucket.createSignedUploadUrl(path, { upsert: true }),
        move: await bucket.move(path, own),
        copy: await bucket.copy(path, own),
      };
      for (const [what, { error }] of Object.entries(attempts)) {
        assert.notEqual(error, null, `${what} of ${path}`);
      }
      // Says no by an error, unlike the others.
      const exists = await bucket.exists(path).catch(() => ({ data: false }));
      assert.equal(exists.data, false);
      const many = await bucket.createSignedUrls([path], 60);
      assert.ok(!many.data?.some((one) => one.signedUrl), "signed in bulk");
      for (const prefix of [folder, `${folder}/`, "tenants", "tenants/ks/claims", ""]) {
        const { data } = await bucket.list(prefix, { limit: 1000 });
        assert.ok(!JSON.stringify(data).includes(path.slice(-36)), `listed in "${prefix}"`);
      }
      const removed = await bucket.remove([path]);
      assert.deepEqual(removed.data ?? [], []);
      const open = await fetch(bucket.getPublicUrl(path).data.publicUrl);
      await open.body?.cancel();
      assert.ok(open.status >= 400, "the bucket is not public");
    }
    const { client: member } = await attacker("member.ks");
    for (const path of paths) {
      assert.equal((await member.storage.from(BUCKET).download(path)).error, null);
    }
  });
}

Deno.test("paths that climb, break or pretend lead nowhere", async () => {
  const [path = ""] = paths;
  const { client } = await attacker("member2.ks");
  const bucket = client.storage.from(BUCKET);
  const [folder, file] = [path.slice(0, path.lastIndexOf("/")), path.slice(-36)];
  for (
    const asked of [
      `${folder}/../${folder.slice(folder.lastIndexOf("/") + 1)}/${file}`,
      `x/../${path}`,
      `./${path}`,
      `/${path}`,
      `//${path}`,
      `${path}/`,
      `${path}%00`,
      `${path}?download=1`,
      path.replaceAll("/", "%2F"),
      path.replaceAll("/", "\\"),
      path.toUpperCase(),
    ]
  ) {
    const { error } = await bucket.download(asked);
    assert.notEqual(error, null, asked);
    assert.notEqual((await bucket.upload(asked, PDF, AS_PDF)).error, null, asked);
  }
});

Deno.test("nobody makes, opens, empties or deletes a bucket", async () => {
  for (const name of ["visitor", "member.ks", "staff.ks", "admin.ks", "super"]) {
    const { client } = await attacker(name);
    const attempts = {
      make: await client.storage.createBucket(`mine-${crypto.randomUUID()}`, { public: true }),
      open: await client.storage.updateBucket(BUCKET, { public: true }),
      empty: await client.storage.emptyBucket(BUCKET),
      delete: await client.storage.deleteBucket(BUCKET),
      heads: await client.storage.updateBucket("audit-heads", { public: true }),
    };
    for (const [what, { error }] of Object.entries(attempts)) {
      assert.notEqual(error, null, `${what} by ${name}`);
    }
    assert.deepEqual((await client.storage.listBuckets()).data ?? [], []);
    const { data } = await client.storage.from("audit-heads").list("");
    assert.deepEqual(data ?? [], [], `${name} lists the heads of the log`);
  }
  const { client: member } = await attacker("member.ks");
  assert.equal((await member.storage.from(BUCKET).download(paths[0] ?? "")).error, null);
});
