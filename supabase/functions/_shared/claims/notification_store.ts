/** Notifications: counted for the bell, listed, read, and which mails are wanted besides. */
import type { Transaction } from "../platform/database.ts";
import type { ClaimStatus } from "./claim.ts";
import {
  type MailPreferences,
  type Notification,
  NOTIFICATION_TYPES,
  type NotificationParams,
} from "./notification.ts";

/** More unread ones than this are told as "99+". */
export const COUNTED_AT_MOST = 100;

/**
 * How many notifications a person has not read, as far as the bell tells.
 *
 * @param tx A transaction in the person's name.
 * @param userId The person.
 * @returns 0 to {@linkcode COUNTED_AT_MOST}.
 */
export async function countUnreadNotifications(tx: Transaction, userId: string): Promise<number> {
  const [row] = await tx<{ unread: number }[]>`
    select count(*)::int as unread from (
      select 1 from public.notifications
      where user_id = ${userId} and read_at is null
      limit ${COUNTED_AT_MOST}
    ) as news`;
  return row?.unread ?? 0;
}

interface NotificationRow extends Omit<Notification, "params"> {
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * A page of a person's notifications, the latest first.
 *
 * @param tx A transaction in the person's name.
 * @param userId The person.
 * @param after Where the page begins; null for the first.
 * @param perPage Notifications of a page; one more is read.
 */
export async function readNotifications(
  tx: Transaction,
  userId: string,
  after: { readonly time: string; readonly id: string } | null,
  perPage: number,
): Promise<Notification[]> {
  const rows = await tx<NotificationRow[]>`
    select id, type, params, action_path, claim_id, read_at, created_at,
      to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from public.notifications
    where user_id = ${userId}
      ${after === null ? tx`` : tx`and (created_at, id) < (${after.time}, ${after.id})`}
    order by created_at desc, id desc
    limit ${perPage + 1}`;
  return rows
    .filter(({ type }) => NOTIFICATION_TYPES.includes(type))
    .map((row) => ({ ...row, params: paramsOf(row.params) }));
}

function paramsOf(params: Readonly<Record<string, unknown>>): NotificationParams {
  const text = (name: string) => typeof params[name] === "string" ? String(params[name]) : null;
  const due = text("due_at");
  return {
    claimNumber: text("claim_number"),
    title: text("title") ?? "",
    before: text("before") as ClaimStatus | null,
    after: text("after") as ClaimStatus | null,
    senderName: text("sender_name"),
    senderRole: text("sender_role"),
    dueAt: due === null ? null : new Date(due),
  };
}

/**
 * Notes that notifications were read.
 *
 * @param tx A transaction in the person's name.
 * @param ids Which; null for all.
 */
export async function markNotificationsRead(
  tx: Transaction,
  ids: readonly string[] | null,
): Promise<void> {
  await tx`select public.mark_notifications_read(${ids === null ? null : [...ids]}::uuid[])`;
}

/**
 * Which mails a person wants; who has said nothing gets all.
 *
 * @param tx A transaction in the person's name.
 * @param userId The person.
 */
export async function readMailPreferences(
  tx: Transaction,
  userId: string,
): Promise<MailPreferences> {
  const [row] = await tx<MailPreferences[]>`
    select email_claim_updates, email_messages
    from public.notification_preferences where user_id = ${userId}`;
  return row ?? { emailClaimUpdates: true, emailMessages: true };
}

/**
 * Stores which mails a person wants.
 *
 * @param tx A transaction in the person's name.
 * @param wanted What they chose.
 */
export async function writeMailPreferences(
  tx: Transaction,
  { emailClaimUpdates, emailMessages }: MailPreferences,
): Promise<void> {
  await tx`
    insert into public.notification_preferences (email_claim_updates, email_messages)
    values (${emailClaimUpdates}, ${emailMessages})
    on conflict (user_id) do update
      set email_claim_updates = excluded.email_claim_updates,
          email_messages = excluded.email_messages`;
}

/**
 * Notes that the person knows what they were told about a claim, without taking its messages as read.
 *
 * @param tx A transaction in the person's name.
 * @param claimId The claim.
 */
export async function markClaimNotificationsRead(tx: Transaction, claimId: string): Promise<void> {
  await tx`select public.mark_claim_notifications_read(${claimId})`;
}
