/** Enqueues the mail that tells a member at once that their payment failed. */
import type { Transaction } from "@core/platform/database.ts";
import { REMINDER_DAY } from "@core/outreach/stages.ts";
import { addDays, type Instant } from "@core/platform/instant.ts";
import type { Member } from "./decide_member.ts";
import type { Change } from "./effect.ts";

/**
 * The change that enqueues the day-0 mail, once for each time that payments begin to fail.
 *
 * @param tx A transaction of the webhooks' role.
 * @param member Who is to get it.
 * @param subscriptionId Our id of the subscription.
 * @param pastDueAt When payments began to fail.
 */
export function enqueueDayZero(
  tx: Transaction,
  member: Member,
  subscriptionId: string,
  pastDueAt: Instant,
): Change {
  return tx`enqueued as (
    insert into public.engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
    values
      (${member.tenantId}, ${member.userId}, ${subscriptionId}, 'dunning_day_0',
       ${`dunning:${subscriptionId}:${pastDueAt}:day_0`}, ${addDays(pastDueAt, REMINDER_DAY)})
    on conflict (dedupe_key) do nothing)`;
}
