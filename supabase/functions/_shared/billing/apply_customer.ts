/** Applies a changed customer record: the address that Paddle sends invoices to, and nothing else. */
import type { AuditEntry } from "@core/audit/record.ts";
import type { Transaction } from "@core/platform/database.ts";
import { keepAddress, readCustomers } from "./customer_store.ts";
import { isOlder } from "./decide_subscription.ts";
import { customerOf } from "./paddle_entities.ts";
import type { PaddleEvent } from "./paddle_events.ts";
import { type EventOutcome, WEBHOOKS_ROLE } from "./webhook_store.ts";

/**
 * Reads what a customer event needs. The person's own address, in `profiles`, is theirs to change.
 *
 * @param tx A transaction of the webhooks' role that holds the customer's lock.
 * @param event A `customer.*` event.
 * @returns Sends the changes.
 * @throws {MalformedEvent} If the event does not carry a customer.
 */
export async function applyCustomer(
  tx: Transaction,
  event: PaddleEvent,
): Promise<(tx: Transaction) => EventOutcome> {
  const { id, email } = customerOf(event);
  const customers = await readCustomers(tx, id);
  const [first] = customers;
  if (first === undefined) {
    return () =>
      ignored("the customer is no member yet; its address is kept with the first purchase");
  }
  const whose = {
    tenantId: customers.every((one) => one.tenantId === first.tenantId) ? first.tenantId : null,
    memberId: customers.length === 1 ? first.userId : null,
  };
  const behind = customers.filter((one) => !isOlder(event, one));
  if (behind.length === 0) {
    return () => ({ ...ignored(`older than ${first.lastEventId}, applied already`), ...whose });
  }
  return function apply(tx) {
    const changes = [keepAddress(tx, id, behind.map((one) => one.userId), event, email)];
    const audit = behind.map(({ tenantId, userId }): AuditEntry => ({
      action: "billing.customer.updated",
      tenantId,
      actorRole: WEBHOOKS_ROLE,
      entityType: "billing_customer",
      entityId: id,
      metadata: { "event_id": event.eventId, "user_id": userId },
    }));
    return { ...whose, result: "ok", reason: null, changes, audit };
  };
}

function ignored(reason: string): EventOutcome {
  return { result: "ignored", reason, tenantId: null, memberId: null };
}
