/** The restore drill: a house with 50,000 claims, backed up, lost, restored and verified. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type postgres from "postgres";
import { addManyClaims } from "../support/many_claims.ts";
import { demoId } from "../support/claims.ts";
import { inRoom } from "./rooms.ts";

const CLAIMS = 50_000;

Deno.test("the restore drill: 50,000 claims come back as they were, and everything works", () =>
  inRoom(async (room) => {
    const [lost, found] = [room.name("lost"), room.name("found")];
    // The stack's own database, which nobody may fill, is where the house comes from.
    await room.backup("postgres", "empty.backup");
    await room.restore("empty.backup", lost);
    await room.open(lost, fill);

    const { manifest, sha256 } = await room.backup(lost, "full.backup");
    assert.ok((manifest.tables["public.claims"]?.rows ?? 0) >= CLAIMS);
    assert.match(sha256, /^[0-9a-f]{64}$/);
    const { mode } = await Deno.stat(join(room.folder, "full.backup"));
    assert.equal((mode ?? 0) & 0o777, 0o600);

    await room.restore("full.backup", found);

    const count = await room.open(
      found,
      (sql) =>
        sql<{ claims: number; searchable: number; sealed: number }[]>`
        select (select count(*) from public.claims)::int as claims,
          (select count(*) from private.claim_search)::int as searchable,
          (select count(*) from public.audit_chain)::int as sealed`,
    );
    assert.equal(count[0]?.claims, manifest.tables["public.claims"]?.rows);
    assert.ok((count[0]?.searchable ?? 0) >= CLAIMS && (count[0]?.sealed ?? 0) >= CLAIMS);
    for (
      const line of [
        /tables with \d+ rows are as they were/,
        /looks across tenants saw nothing/,
        /chain is unbroken/,
        /ks: bought, paid, filed a claim, staff moved it, mk saw nothing/,
      ]
    ) assert.match(room.said.join("\n"), line);
  }));

/** Claims as the triggers would have left them, each with a step and an audit row that is sealed. */
async function fill(sql: postgres.Sql): Promise<void> {
  await sql.begin(async (tx) => {
    const staff = await demoId(tx as unknown as postgres.Sql, "staff.ks");
    await addManyClaims(tx, CLAIMS, staff);
    // One trigger a row would take minutes; what they would have written is written here.
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into auth.users (id, aud, role, email)
      select id, 'authenticated', 'authenticated', email from public.profiles as person
      where not exists (select from auth.users as account where account.id = person.id)`;
    await tx`
      insert into public.claim_stage_history
        (tenant_id, claim_id, member_id, from_status, to_status, changed_by, changed_by_role)
      select tenant_id, id, member_id, 'draft', 'submitted', member_id, 'member'
      from public.claims where title like 'Claim %'`;
    await tx`
      insert into public.audit_log
        (tenant_id, actor_id, actor_role, action, entity_type, entity_id)
      select tenant_id, member_id, 'member', 'claim.created', 'claim', id::text
      from public.claims where title like 'Claim %'`;
    await tx`set local session_replication_role = origin`;
  });
  await sql`select private.seal_audit(1000000)`;
}
