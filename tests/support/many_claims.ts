/** A tenant with very many claims, for tests of what its lists cost. */
import type { TransactionSql } from "postgres";
import type { ListPlace } from "@core/claims/claim_list.ts";

/** Tables that the claims stand in. */
export const CLAIM_TABLES = ["public.claims", "private.claim_search"] as const;

/** Places behind which a twentieth of each list is left. */
export interface DeepPlaces {
  /** In lists by what is due. */
  readonly byDue: ListPlace;
  /** In lists that begin with the newest. */
  readonly byAge: ListPlace;
}

/**
 * Fills the tenant `ks` with claims of every status, category, branch and assignee, each spread evenly
 * over what is due and over the days on which they were begun. A fifth is one person's, three fifths
 * are nobody's, two sevenths are closed, a hundredth is late. The rows are as the triggers would have left them.
 *
 * @param tx A transaction of the owner's that is going to be rolled back: the tables are locked.
 * @param count How many.
 * @param owner Whose a fifth is.
 */
export async function addManyClaims(
  tx: TransactionSql,
  count: number,
  owner: string,
): Promise<DeepPlaces> {
  await tx`set local session_replication_role = replica`;
  const indexes = await dropIndexes(tx);
  await tx`
    create temporary table claimant on commit drop as
    select gen_random_uuid() as id, at from generate_series(0, 1999) as at`;
  await tx`
    insert into public.profiles (id, tenant_id, email, full_name, locale)
    select id, 'ks', id || '@claims.test', 'Member ' || at, 'sq' from claimant`;
  await tx`
    insert into public.claims
      (tenant_id, claim_number, member_id, branch_id, assigned_to, assigned_at, title, company,
       category, status, submitted_at, closed_at, triage_due_at, triaged_at, update_due_at,
       created_at)
    select 'ks', 'CLM-KS-2020-' || 100000 + one.at, claimant.id, branch_id, assigned_to,
           case when assigned_to is not null then now() end, 'Claim ' || one.at,
           'Company ' || one.at % 100, category, status, begun_at,
           case when status in ('resolved', 'rejected') then now() end, due_at,
           case when triaged or nothing_due then now() end,
           case when triaged and not nothing_due then due_at end, begun_at
    from (
      select at, at % 2 = 0 as triaged, at / 350 % 20 = 0 as nothing_due,
             (array['submitted', 'verification', 'evaluation', 'negotiation', 'court', 'resolved',
               'rejected'])[1 + at % 7] as status,
             (array['vehicle', 'property', 'injury', 'travel', 'other'])[1 + at / 7 % 5] as category,
             (array[${owner}, null, null, null, (
               select id from public.profiles where email = 'staff2.ks@demo.test'
             )]::uuid[])[1 + at / 35 % 5] as assigned_to,
             (array(
               select id from public.branches where tenant_id = 'ks' order by code
             ))[1 + at / 175 % 2] as branch_id,
             now() + (at - ${count}::int / 100) * interval '1 minute' as due_at,
             now() + (at - ${count}::int) * interval '1 minute' as begun_at
      from generate_series(1, ${count}::int) as at
    ) as one
    join claimant on claimant.at = one.at % 2000`;
  await tx`
    insert into private.claim_search (claim_id, tenant_id, submitted_at, words)
    select id, tenant_id, submitted_at,
           private.fold(claim_number || E'\n' || title || E'\n' || company)
    from public.claims where claim_number like 'CLM-KS-2020-%'`;
  for (const index of indexes) await tx.unsafe(index);
  for (const table of CLAIM_TABLES) await tx.unsafe(`analyze ${table}`);
  await tx`set local session_replication_role = origin`;
  const [places] = await tx<{ due: string; begun: string }[]>`
    select (now() + 0.94 * ${count}::int * interval '1 minute')::text as due,
           (now() - 0.95 * ${count}::int * interval '1 minute')::text as begun`;
  const id = "00000000-0000-4000-8000-000000000000";
  return {
    byDue: { time: places?.due ?? "", id },
    byAge: { time: places?.begun ?? "", id },
  };
}

/** Building an index at once takes a fifth of the time that keeping it up row by row would. */
async function dropIndexes(tx: TransactionSql): Promise<string[]> {
  const indexes = await tx<{ name: string; definition: string }[]>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index
    where indrelid = any (${CLAIM_TABLES as unknown as string[]}::regclass[]) and not indisunique`;
  for (const { name } of indexes) await tx.unsafe(`drop index ${name}`);
  return indexes.map(({ definition }) => definition);
}
