/**
 * The queue of the staff: open claims by what is due next. When something is due is decided by the
 * database (`claims.queue_at`), in one place for the queue, its order and its warnings.
 */
import type { Transaction } from "@core/platform/database.ts";
import { CLOSED_STATUSES } from "./claim.ts";
import {
  type ClaimFilter,
  type ClaimPage,
  type ClaimRow,
  FIRST_PART,
  type ListPart,
  pageOf,
} from "./claim_list.ts";
import { FIGURE_CAP, isByDue, type QueueFigures, type QueueFilter } from "./queue.ts";
import {
  byPlace,
  filterSql,
  type Fragment,
  type Narrowing,
  placeSql,
  readRows,
} from "./claim_list_store.ts";

/** Who works on which queue. */
export interface QueueOwner {
  readonly tenantId: string;
  readonly userId: string;
}

/** How a list is put together: from lists that an index holds in the order that is wanted. */
interface Plan {
  readonly order: "queue_at" | "created_at";
  readonly arms: readonly Arm[];
}

/** One of those lists: as a condition, and as far as a search is narrowed to it. */
interface Arm {
  readonly where: Fragment;
  readonly narrowing: Narrowing;
}

/**
 * A page of the queue: what is due first comes first; of what is closed, the newest.
 *
 * @param tx A transaction in the person's name.
 * @param owner Who asks.
 * @param filter What is looked for.
 * @param part Which part of the list.
 * @param perPage Rows of a page.
 */
export async function readQueue(
  tx: Transaction,
  owner: QueueOwner,
  filter: QueueFilter,
  part: ListPart,
  perPage: number,
): Promise<ClaimPage> {
  const { order, arms } = planOf(tx, owner, filter);
  const { after, before } = part;
  const rising = (order === "queue_at") === (before === null);
  const place = order === "queue_at" ? tx`claim.queue_at` : tx`claim.created_at`;
  const from = after ?? before;
  const begin = from === null
    ? tx``
    : rising
    ? tx`and (${place}, claim.id) > ${placeSql(tx, from)}`
    : tx`and (${place}, claim.id) < ${placeSql(tx, from)}`;
  const direction = rising ? tx`asc` : tx`desc`;
  const lists = arms.map(({ where, narrowing }) =>
    tx`(
      select claim.id, ${place} as place
      from public.claims as claim
      where claim.tenant_id = ${owner.tenantId} and ${where}
        ${filterSql(tx, filter, narrowing)} ${begin}
      order by ${place} ${direction}, claim.id ${direction}
      limit ${perPage + 1}
    )`
  );
  const page = tx`
    select id from (${joined(tx, lists)}) as listed
    order by place ${direction}, id ${direction}
    limit ${perPage + 1}`;
  const rows = (await readRows(tx, page, order)).sort(byPlace(rising ? 1 : -1));
  // Back at the beginning with less than a page: the beginning is shown whole.
  if (before !== null && rows.length <= perPage) {
    return await readQueue(tx, owner, filter, FIRST_PART, perPage);
  }
  return pageOf(rows, part, perPage);
}

/** A numbered page of what is due and one's own or nobody's, and how many there are in all. */
export async function readQueueAt(
  tx: Transaction,
  owner: QueueOwner,
  filter: ClaimFilter,
  offset: number,
  perPage: number,
): Promise<{ readonly rows: readonly ClaimRow[]; readonly total: number }> {
  const where = () =>
    tx`
      claim.tenant_id = ${owner.tenantId} and claim.is_open
      and (claim.assigned_to is null or claim.assigned_to = ${owner.userId})
      ${filterSql(tx, filter, { "is_open": true })}`;
  const page = tx`
    select claim.id from public.claims as claim
    where ${where()}
    order by claim.queue_at, claim.id
    limit ${perPage} offset ${offset}`;
  const [[count], rows] = await Promise.all([
    tx<{ total: number }[]>`select count(*) as total from public.claims as claim where ${where()}`,
    readRows(tx, page, "queue_at"),
  ]);
  return { rows: rows.sort(byPlace(1)), total: count?.total ?? 0 };
}

/**
 * How much there is in each part of the queue. Counting stops at {@linkcode FIGURE_CAP}, so the
 * figures cost the same for a hundred claims and for a million: in the order of an index, for a heap
 * may begin with years of what is closed.
 *
 * @param tx A transaction in the person's name.
 * @param owner Who asks.
 */
export async function readQueueFigures(tx: Transaction, owner: QueueOwner): Promise<QueueFigures> {
  const count = (...arms: Fragment[]) => {
    const lists = arms.map((arm) =>
      tx`(
        select from public.claims as claim
        where claim.tenant_id = ${owner.tenantId} and claim.is_open and ${arm}
        order by claim.queue_at
        limit ${FIGURE_CAP}
      )`
    );
    return tx`(select least(count(*), ${FIGURE_CAP}) from (${joined(tx, lists)}) as counted)`;
  };
  const mine = tx`claim.assigned_to = ${owner.userId}`;
  const nobodys = tx`claim.assigned_to is null`;
  const due = tx`claim.queue_at < 'infinity'`;
  const late = tx`claim.queue_at < now()`;
  const [row] = await tx<QueueFigures[]>`
    select ${count(tx`${mine} and ${due}`, tx`${nobodys} and ${due}`)} as now,
           ${count(tx`${mine} and ${late}`, tx`${nobodys} and ${late}`)} as overdue,
           ${count(mine)} as mine,
           ${count(nobodys)} as unassigned,
           ${count(tx`true`)} as all`;
  return row ?? { now: 0, overdue: 0, mine: 0, unassigned: 0, all: 0 };
}

/**
 * The database's time, to ask {@linkcode countNewClaims} with later.
 *
 * @param tx A transaction; ask before reading the list.
 * @returns Microseconds since 1970.
 */
export async function readMoment(tx: Transaction): Promise<number> {
  const [row] = await tx<{ moment: number }[]>`
    select floor(extract(epoch from now()) * 1000000)::bigint as moment`;
  return row?.moment ?? 0;
}

/**
 * How many claims came into a list of the queue after a moment and wait for their first look.
 * What is due by then cannot have come since, so that a long list is not looked through.
 *
 * @param tx A transaction in the person's name.
 * @param owner Who asks.
 * @param filter What the list is about.
 * @param since Microseconds since 1970, see {@linkcode readMoment}.
 * @returns At most {@linkcode FIGURE_CAP}.
 */
export async function countNewClaims(
  tx: Transaction,
  owner: QueueOwner,
  filter: QueueFilter,
  since: number,
): Promise<number> {
  const moment = tx`(timestamptz 'epoch' + ${since}::float8 * interval '1 microsecond')`;
  const lists = planOf(tx, owner, filter).arms.map(({ where, narrowing }) =>
    tx`(
      select from public.claims as claim
      where claim.tenant_id = ${owner.tenantId} and ${where} ${filterSql(tx, filter, narrowing)}
        and claim.is_open and claim.status = 'submitted' and claim.triaged_at is null
        and claim.queue_at > ${moment} and claim.queue_at < 'infinity'
        and claim.submitted_at > ${moment}
      limit ${FIGURE_CAP}
    )`
  );
  const [row] = await tx<{ count: number }[]>`
    select least(count(*), ${FIGURE_CAP}) as count from (${joined(tx, lists)}) as listed`;
  return row?.count ?? 0;
}

function planOf(tx: Transaction, owner: QueueOwner, filter: QueueFilter): Plan {
  const { view, status, search } = filter;
  if (view === null && search !== null) {
    return { order: "created_at", arms: [{ where: tx`claim.is_submitted`, narrowing: {} }] };
  }
  const mine: Arm = {
    where: tx`claim.assigned_to = ${owner.userId}`,
    narrowing: { "assigned_to": owner.userId },
  };
  const nobodys: Arm = {
    where: tx`claim.assigned_to is null`,
    narrowing: { "assigned_to": null },
  };
  const whose = view === "mine"
    ? mine
    : view === "unassigned"
    ? nobodys
    : { where: tx`true`, narrowing: {} };
  if (!isByDue(filter)) {
    const statuses = status === null ? CLOSED_STATUSES : [status];
    const arms = statuses.map((one) => ({
      where: tx`claim.status = ${one} and claim.is_submitted and ${whose.where}`,
      narrowing: { ...whose.narrowing, "is_open": false },
    }));
    return { order: "created_at", arms };
  }
  const open = (condition: Fragment, { where, narrowing }: Arm): Arm => ({
    where: tx`${condition} and ${where}`,
    narrowing: { ...narrowing, "is_open": true },
  });
  const due = tx`claim.is_open and claim.queue_at < 'infinity'`;
  return {
    order: "queue_at",
    arms: view === null || view === "now"
      ? [open(due, mine), open(due, nobodys)]
      : [open(tx`claim.is_open`, whose)],
  };
}

function joined(tx: Transaction, lists: readonly Fragment[]): Fragment {
  return lists.reduce((all, list) => tx`${all} union all ${list}`);
}
