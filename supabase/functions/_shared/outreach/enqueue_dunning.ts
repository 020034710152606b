/** Ends grace periods, and enqueues the mails about failed payments after the first. */
import { recordAudit } from "@core/audit/record.ts";
import type { Database, Transaction } from "@core/platform/database.ts";
import type { Instant } from "@core/platform/instant.ts";
import { type Look, lookAround, type LookLimits, LOOKS_AT_ONCE } from "./look_around.ts";
import { decideDunning, type DunningSubject } from "./stages.ts";

/** What a run did. */
export interface DunningCounts {
  readonly enqueued: number;
  /** Memberships whose grace was over. */
  readonly suspended: number;
}

/**
 * Looks at every membership whose time has come, by `subscriptions.dunning_due_at`: enqueues the mail
 * it is due, once, and writes the end of grace down. Any number of runs may be at it at once.
 *
 * @param db The database.
 * @param limits The clock, and for how long.
 * @returns How much was done.
 */
export async function enqueueDunning(db: Database, limits: LookLimits): Promise<DunningCounts> {
  const counts = { enqueued: 0, suspended: 0 };
  await lookAround(db, limits, lookAtSome, (did) => {
    counts.enqueued += did.enqueued;
    counts.suspended += did.suspended;
  });
  return counts;
}

type Row = DunningSubject & { readonly tenantId: string; readonly userId: string };

async function lookAtSome(tx: Transaction, at: Instant): Promise<Look & DunningCounts> {
  const rows = await tx<Row[]>`
    select id, tenant_id, user_id, status,
           private.instant_text(past_due_at) as past_due_at,
           private.instant_text(grace_period_ends_at) as grace_period_ends_at,
           private.instant_text(suspended_at) as suspended_at
    from public.subscriptions
    where dunning_due_at <= ${at}::timestamptz
    order by dunning_due_at
    limit ${LOOKS_AT_ONCE}
    for update skip locked`;
  const looked = rows.length;
  if (looked === 0) {
    return { looked, isLeft: await isAnyDue(tx, at), enqueued: 0, suspended: 0 };
  }
  const decided = rows.map((row) => ({ row, ...decideDunning(row, at) }));
  const looks = decided.map(({ row, nextLook, suspendedAt }) => ({
    id: row.id,
    "next_look": nextLook,
    "suspended_at": suspendedAt,
  }));
  const mails = decided.flatMap(({ row, mail }) =>
    mail === null ? [] : [{
      "tenant_id": row.tenantId,
      "user_id": row.userId,
      "subscription_id": row.id,
      "template_key": mail.template,
      "dedupe_key": mail.dedupeKey,
      "send_until": mail.sendUntil,
    }]
  );
  const suspended = decided.filter(({ suspendedAt }) => suspendedAt !== null);
  if (suspended.length > 0) {
    recordAudit(
      tx,
      ...suspended.map(({ row }) => ({
        action: "subscription.grace_expired" as const,
        tenantId: row.tenantId,
        actorRole: "service_cron",
        entityType: "subscription",
        entityId: row.id,
        metadata: {
          "past_due_at": row.pastDueAt,
          "grace_period_ends_at": row.gracePeriodEndsAt,
        },
      })),
    ).execute();
  }
  // A late event may have moved the first failure to an earlier time, and the keys with it: a mail of
  // this failure that is there under a later time is this mail.
  const [done] = await tx<{ enqueued: number }[]>`
    with looked as (
      update public.subscriptions as membership
      set dunning_due_at = given.next_look,
          suspended_at = coalesce(membership.suspended_at, given.suspended_at)
      from jsonb_to_recordset(${tx.json(looks)})
        as given (id uuid, next_look timestamptz, suspended_at timestamptz)
      where membership.id = given.id
    ), enqueued as (
      insert into public.engagement_email_sends
        (tenant_id, user_id, subscription_id, template_key, dedupe_key, next_attempt_at, send_until)
      select tenant_id, user_id, subscription_id, template_key, dedupe_key, ${at}::timestamptz,
             send_until
      from jsonb_to_recordset(${tx.json(mails)}) as given
        (tenant_id text, user_id uuid, subscription_id uuid, template_key text, dedupe_key text,
         send_until timestamptz)
      where not exists (
        select from public.engagement_email_sends as told
        where told.subscription_id = given.subscription_id
          and told.template_key = given.template_key
          and told.dedupe_key collate "C" > given.dedupe_key
      )
      on conflict (dedupe_key) do nothing
      returning id
    )
    select count(*)::integer as enqueued from enqueued`;
  return {
    looked,
    isLeft: await isAnyDue(tx, at),
    enqueued: done?.enqueued ?? 0,
    suspended: suspended.length,
  };
}

async function isAnyDue(tx: Transaction, at: Instant): Promise<boolean> {
  const [row] = await tx<{ due: boolean }[]>`
    select exists (
      select from public.subscriptions where dunning_due_at <= ${at}::timestamptz
    ) as due`;
  return row?.due ?? false;
}
