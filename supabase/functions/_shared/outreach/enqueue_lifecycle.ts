/** Enqueues the mails of the first months and the survey for every membership that is due a look. */
import type { Database, Transaction } from "@core/platform/database.ts";
import type { Instant } from "@core/platform/instant.ts";
import { type Look, lookAround, type LookLimits, LOOKS_AT_ONCE } from "./look_around.ts";
import { decideLifecycle, type LifecycleSubject } from "./stages.ts";

/**
 * Looks at every membership whose time has come, by `subscriptions.lifecycle_due_at`, and enqueues
 * what it is due, once. Any number of runs may be at it at once.
 *
 * @param db The database.
 * @param limits The clock, and for how long.
 * @returns How many mails were enqueued.
 */
export async function enqueueLifecycle(db: Database, limits: LookLimits): Promise<number> {
  let enqueued = 0;
  await lookAround(db, limits, lookAtSome, (did) => enqueued += did.enqueued);
  return enqueued;
}

type Row = LifecycleSubject & { readonly tenantId: string; readonly userId: string };

async function lookAtSome(
  tx: Transaction,
  at: Instant,
): Promise<Look & { readonly enqueued: number }> {
  const rows = await tx<Row[]>`
    select id, tenant_id, user_id,
           private.instant_text(started_at) as started_at,
           private.membership_access_at(user_id, ${at}::timestamptz, id) as access
    from public.subscriptions
    where lifecycle_due_at <= ${at}::timestamptz
    order by lifecycle_due_at
    limit ${LOOKS_AT_ONCE}
    for update skip locked`;
  const looked = rows.length;
  if (looked === 0) return { looked, isLeft: await isAnyDue(tx, at), enqueued: 0 };
  const decided = rows.map((row) => ({ row, ...decideLifecycle(row, at) }));
  const looks = decided.map(({ row, nextLook }) => ({ id: row.id, "next_look": nextLook }));
  const mails = decided.flatMap(({ row, mails }) =>
    mails.map((mail) => ({
      "tenant_id": row.tenantId,
      "user_id": row.userId,
      "subscription_id": row.id,
      "template_key": mail.template,
      "dedupe_key": mail.dedupeKey,
      "send_until": mail.sendUntil,
    }))
  );
  const [done] = await tx<{ enqueued: number }[]>`
    with looked as (
      update public.subscriptions as membership
      set lifecycle_due_at = given.next_look
      from jsonb_to_recordset(${tx.json(looks)}) as given (id uuid, next_look timestamptz)
      where membership.id = given.id
    ), enqueued as (
      insert into public.engagement_email_sends
        (tenant_id, user_id, subscription_id, template_key, dedupe_key, next_attempt_at, send_until)
      select tenant_id, user_id, subscription_id, template_key, dedupe_key, ${at}::timestamptz,
             send_until
      from jsonb_to_recordset(${tx.json(mails)}) as given
        (tenant_id text, user_id uuid, subscription_id uuid, template_key text, dedupe_key text,
         send_until timestamptz)
      on conflict (dedupe_key) do nothing
      returning id
    )
    select count(*)::integer as enqueued from enqueued`;
  return { looked, isLeft: await isAnyDue(tx, at), enqueued: done?.enqueued ?? 0 };
}

async function isAnyDue(tx: Transaction, at: Instant): Promise<boolean> {
  const [row] = await tx<{ due: boolean }[]>`
    select exists (
      select from public.subscriptions where lifecycle_due_at <= ${at}::timestamptz
    ) as due`;
  return row?.due ?? false;
}
