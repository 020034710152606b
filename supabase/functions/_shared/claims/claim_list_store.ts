/** Reads lists of claims, the newest first, for whoever asks. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import {
  type ClaimFilter,
  type ClaimPage,
  type ClaimRow,
  type ListFilter,
  type ListPart,
  type ListPlace,
  pageOf,
} from "./claim_list.ts";

/** Whose claims are listed. The policies decide again; this is what an index is found by. */
export type ClaimScope =
  | { readonly of: "member"; readonly tenantId: string; readonly memberId: string }
  /** Claims that were sent by the members whom an agent looks after now. */
  | { readonly of: "agent"; readonly tenantId: string; readonly agentId: string }
  | { readonly of: "branch"; readonly tenantId: string; readonly branchId: string }
  | { readonly of: "tenant"; readonly tenantId: string }
  /** Claims of every tenant that the asking person sees. */
  | { readonly of: "everywhere" };

/** Part of a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** Most claims that a word finds; the newest. */
export const FOUND_AT_MOST = 1000;

/**
 * A page of claims, the newest first.
 *
 * @param tx A transaction in the person's name.
 * @param scope Whose claims.
 * @param filter What is looked for.
 * @param part Which part of the list.
 * @param perPage Rows of a page.
 */
export async function listClaims(
  tx: Transaction,
  scope: ClaimScope,
  filter: ListFilter,
  part: ListPart,
  perPage: number,
): Promise<ClaimPage> {
  const { after, before } = part;
  const order = before === null ? tx`created_at desc, id desc` : tx`created_at, id`;
  const page = (where: Fragment) =>
    tx`
      select claim.id, claim.created_at
      from public.claims as claim
      where ${where}
        ${listFilterSql(tx, scope, filter)}
        ${after === null ? tx`` : tx`and (claim.created_at, claim.id) < ${placeSql(tx, after)}`}
        ${before === null ? tx`` : tx`and (claim.created_at, claim.id) > ${placeSql(tx, before)}`}
      order by ${order}
      limit ${perPage + 1}`;
  // Tenant by tenant, for an index holds the order within one.
  const listed = scope.of === "everywhere"
    ? tx`
      select listed.id
      from public.tenants as tenant
      cross join lateral (${page(tx`claim.tenant_id = tenant.id`)}) as listed
      order by listed.created_at ${before === null ? tx`desc` : tx``},
        listed.id ${before === null ? tx`desc` : tx``}
      limit ${perPage + 1}`
    : tx`select listed.id from (${page(scopeSql(tx, scope))}) as listed`;
  const rows = await readRows(tx, listed, "created_at", readerOf(scope));
  return pageOf(rows.sort(byPlace(before === null ? -1 : 1)), part, perPage);
}

/** A numbered page of claims, the newest first, and how many there are in all. */
export async function listClaimsAt(
  tx: Transaction,
  scope: ClaimScope,
  filter: ListFilter,
  offset: number,
  perPage: number,
): Promise<{ readonly rows: readonly ClaimRow[]; readonly total: number }> {
  const where = () => tx`${scopeSql(tx, scope)} ${listFilterSql(tx, scope, filter)}`;
  const page = tx`
    select claim.id
    from public.claims as claim
    where ${where()}
    order by claim.created_at desc, claim.id desc
    limit ${perPage} offset ${offset}`;
  const [[count], rows] = await Promise.all([
    tx<{ total: number }[]>`select count(*) as total from public.claims as claim where ${where()}`,
    readRows(tx, page, "created_at", readerOf(scope)),
  ]);
  return { rows: rows.sort(byPlace(-1)), total: count?.total ?? 0 };
}

/** Whose unread messages are counted. */
type Reader = "staff" | "agent" | "member";

function readerOf({ of }: ClaimScope): Reader {
  return of === "member" || of === "agent" ? of : "staff";
}

/** A place as it stands in a comparison. */
export function placeSql(tx: Transaction, { time, id }: ListPlace): Fragment {
  return tx`(${time}::timestamptz, ${id}::uuid)`;
}

/** The order of a page that was read, which its ids alone do not keep. */
export function byPlace(direction: 1 | -1): (one: ClaimRow, other: ClaimRow) => number {
  const key = ({ place, id }: ClaimRow) => `${place === "infinity" ? "~" : place} ${id}`;
  return (one, other) => key(one) < key(other) ? -direction : direction;
}

/**
 * All that stands in the rows of a page. Only the page's own rows are looked up, so a list may be as
 * long as it likes.
 *
 * @param tx A transaction in the person's name.
 * @param page Selects the ids.
 * @param place Column by which the list is ordered.
 * @param reader Whose unread messages are counted.
 */
export async function readRows(
  tx: Transaction,
  page: Fragment,
  place: "created_at" | "queue_at",
  reader: Reader = "staff",
): Promise<ClaimRow[]> {
  const time = place === "created_at" ? tx`claim.created_at` : tx`claim.queue_at`;
  return [
    ...await tx<ClaimRow[]>`
      select claim.id, claim.tenant_id, claim.claim_number, claim.title, claim.company,
             claim.category, claim.status, claim.status_reason, claim.amount_cents, claim.currency, claim.member_id,
             member.full_name as member_name, member.member_number, claim.branch_id,
             claim.assigned_to, assignee.full_name as assignee_name, claim.submitted_at,
             claim.created_at, claim.updated_at, queue.due_at, queue.due_kind,
             ${unreadSql(tx, reader)} as unread,
             case when ${time} = 'infinity' then 'infinity'
               else to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
             end as place
      from public.claims as claim
      left join public.claim_queue as queue on queue.id = claim.id
      left join public.profiles as member on member.id = claim.member_id
      left join public.profiles as assignee on assignee.id = claim.assigned_to
      where claim.id = any (array(${page}))`,
  ];
}

function unreadSql(tx: Transaction, reader: Reader): Fragment {
  switch (reader) {
    case "staff":
      return tx`coalesce(queue.unread, 0)`;
    case "member":
      return tx`(
        select count(*) from public.claim_messages as message
        where message.claim_id = claim.id and message.read_at is null
          and not message.is_internal and message.sender_role <> 'member'
      )`;
    // Theirs are in their notifications.
    case "agent":
      return tx`(
        select count(*) from public.notifications as told
        where told.user_id = (select auth.uid()) and told.claim_id = claim.id
          and told.read_at is null and told.type = 'new_message'
      )`;
  }
}

function scopeSql(tx: Transaction, scope: ClaimScope): Fragment {
  switch (scope.of) {
    case "member":
      return tx`claim.member_id = ${scope.memberId} and claim.tenant_id = ${scope.tenantId}`;
    case "agent":
      return tx`
        claim.tenant_id = ${scope.tenantId}
        and claim.member_id = any (array(
          select id from public.profiles
          where agent_id = ${scope.agentId} and tenant_id = ${scope.tenantId}
        ))`;
    case "branch":
      return tx`claim.branch_id = ${scope.branchId} and claim.tenant_id = ${scope.tenantId}`;
    case "tenant":
      return tx`claim.tenant_id = ${scope.tenantId}`;
    case "everywhere":
      return tx`true`;
  }
}

function listFilterSql(tx: Transaction, scope: ClaimScope, filter: ListFilter): Fragment {
  const { memberId, assignee, withDrafts } = filter;
  const none = tx``;
  return tx`
    ${withDrafts ? none : tx`and claim.is_submitted`}
    ${memberId === null ? none : tx`and claim.member_id = ${memberId}`}
    ${assignee === null ? none : tx`and claim.assigned_to = ${assignee}`}
    ${
    filterSql(tx, scope.of === "member" ? { ...filter, search: null } : filter, {
      ...(memberId === null ? {} : { "member_id": memberId }),
      ...(assignee === null ? {} : { "assigned_to": assignee }),
    })
  }
    ${scope.of === "member" && filter.search !== null ? ownWordSql(tx, filter.search) : none}`;
}

/** What a list is about besides its filter: a word's hits are cut to so many, and of these only. */
export interface Narrowing {
  readonly "member_id"?: string;
  /** Null for nobody's. */
  readonly "assigned_to"?: string | null;
  readonly "is_open"?: boolean;
}

/** The conditions of a filter, for a statement over `public.claims as claim`. */
export function filterSql(
  tx: Transaction,
  filter: ClaimFilter,
  narrowing: Narrowing = {},
): Fragment {
  const { status, category, branchId, search } = filter;
  const none = tx``;
  const narrowed = {
    ...(status === null ? {} : { status }),
    ...(category === null ? {} : { category }),
    ...(branchId === null ? {} : { "branch_id": branchId }),
    ...narrowing,
  };
  return tx`
    ${status === null ? none : tx`and claim.status = ${status}`}
    ${category === null ? none : tx`and claim.category = ${category}`}
    ${branchId === null ? none : tx`and claim.branch_id = ${branchId}`}
    ${search === null ? none : wordSql(tx, search, narrowed)}`;
}

/** Claims that a word finds: so many of those that the list is about. */
function wordSql(tx: Transaction, word: string, narrowed: Readonly<Record<string, unknown>>) {
  const facts = JSON.stringify(narrowed);
  return tx`and claim.id = any (array(
    select public.search_claims(${word}, ${FOUND_AT_MOST}, ${facts}::text::jsonb)
  ))`;
}

/** Members search their own few claims, drafts among them, without the index over everyone's. */
function ownWordSql(tx: Transaction, word: string): Fragment {
  return tx`and strpos(
    lower(concat_ws(E'\n', claim.claim_number, claim.title, claim.company, claim.description)),
    lower(${word})
  ) > 0`;
}
