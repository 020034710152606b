/** What the membership page shows besides where the membership stands. */
import { membershipAccess } from "@core/billing/membership.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { Locale } from "@core/platform/i18n.ts";
import { withQuery } from "./links.ts";
import {
  type Membership,
  membershipOf,
  readSubscriptions,
  type SubscriptionRow,
} from "./membership.ts";
import type { Act } from "./membership_acts.ts";

/** An invoice as members see it. */
export interface InvoiceRow {
  readonly id: string;
  readonly number: string | null;
  readonly status: "paid" | "partially_refunded" | "refunded" | "charged_back";
  /** What was charged, tax included. */
  readonly amountCents: number;
  readonly refundedCents: number;
  readonly currency: string;
  readonly billedAt: Date;
  /** Paid by hand: there is a paper receipt and no document of Paddle's. */
  readonly byHand: boolean;
}

/** All that the page shows. */
export interface MembershipPage {
  readonly membership: Membership;
  /** Those that run or wait for a payment, the one that counts first; else the latest of the past. */
  readonly subscriptions: readonly SubscriptionRow[];
  readonly invoices: readonly InvoiceRow[];
}

/** An act that was carried out a moment ago, of which Paddle's event may not have arrived yet. */
export interface Change {
  readonly act: Act;
  /** The subscription that it was about; null where that does not matter. */
  readonly subscriptionId: string | null;
}

/** How long the page waits for an event before it shows what is stored, in milliseconds. */
const PATIENCE = 120_000;

const OPEN: readonly string[] = ["active", "trialing", "past_due", "paused"];

/**
 * Reads everything for the page.
 *
 * @param tx A transaction in the member's name.
 * @param userId The member.
 * @param now Milliseconds since 1970.
 */
export async function readMembershipPage(
  tx: Transaction,
  userId: string,
  now: number,
): Promise<MembershipPage> {
  const [access, rows, invoices] = await Promise.all([
    membershipAccess(tx, userId),
    readSubscriptions(tx, userId),
    readInvoices(tx, userId),
  ]);
  return {
    membership: membershipOf(access, rows, now),
    subscriptions: shown(rows),
    invoices,
  };
}

/** The invoices of a member, the latest first. */
export async function readInvoices(tx: Transaction, userId: string): Promise<InvoiceRow[]> {
  return await tx<InvoiceRow[]>`
    select id, number, status, amount_cents, refunded_cents, currency,
           coalesce(billed_at, created_at) as billed_at, provider = 'cash' as by_hand
    from public.billing_invoices
    where user_id = ${userId}
    order by coalesce(billed_at, created_at) desc
    limit 100`;
}

/**
 * Paddle's transaction of an invoice, if it is the member's.
 *
 * @param tx A transaction in the member's name.
 * @param userId The member.
 * @param invoiceId Ours.
 */
export async function readOwnTransactionId(
  tx: Transaction,
  userId: string,
  invoiceId: string,
): Promise<string | null> {
  const [row] = await tx<{ providerTransactionId: string }[]>`
    select provider_transaction_id
    from public.billing_invoices
    where id = ${invoiceId} and user_id = ${userId} and provider = 'paddle'`;
  return row?.providerTransactionId ?? null;
}

function shown(rows: readonly SubscriptionRow[]): SubscriptionRow[] {
  const open = rows.filter(({ status }) => OPEN.includes(status));
  const place = ({ status, cancelAtPeriodEnd }: SubscriptionRow) =>
    OPEN.indexOf(status) * 2 + Number(cancelAtPeriodEnd);
  return open.length > 0 ? open.sort((a, b) => place(a) - place(b)) : rows.slice(0, 1);
}

/**
 * The change that the page was come back from, as its address says: it waits for the event that tells
 * of it, but not for ever.
 *
 * @param url The page's address, with `?changed=`, `&of=` and `&at=`.
 * @param now Milliseconds since 1970.
 */
export function changeOf(url: URL, now: number): Change | null {
  const act = url.searchParams.get("changed");
  const at = Number(url.searchParams.get("at") ?? Number.NaN);
  if (!(at <= now && now - at < PATIENCE)) return null;
  if (act !== "cancel" && act !== "withdraw" && act !== "payment") return null;
  return { act, subscriptionId: url.searchParams.get("of") };
}

/**
 * Where to send a member after an act, so that the page knows what to wait for.
 *
 * @param locale Language of the page.
 * @param change What was done.
 * @param now Milliseconds since 1970.
 */
export function afterChange(locale: Locale, change: Change, now: number): string {
  return withQuery(`/${locale}/member/membership`, {
    changed: change.act,
    of: change.subscriptionId,
    at: String(now),
  });
}

/**
 * Whether the database knows of a change already. Pure.
 *
 * @param change What was done.
 * @param page What is stored.
 */
export function hasArrived(
  { act, subscriptionId }: Change,
  { membership, subscriptions }: Pick<MembershipPage, "membership" | "subscriptions">,
): boolean {
  if (act === "payment") return membership.kind === "active" || membership.kind === "ending";
  const row = subscriptions.find(({ id }) => id === subscriptionId);
  if (row === undefined) return true;
  return (row.cancelAtPeriodEnd || row.status === "canceled") === (act === "cancel");
}
