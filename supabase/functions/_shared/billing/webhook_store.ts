/** What became of Paddle's deliveries: the rows of `webhook_events`. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import type { AuditAction } from "@core/audit/actions.ts";
import type { PaddleEvent } from "./paddle_events.ts";

/** The role under which deliveries are stored and applied, and its name in the audit log. */
export const WEBHOOKS_ROLE = "service_webhooks";

type Statement = postgres.PendingQuery<postgres.Row[]>;

/** A correctly signed event, to be stored before anything else is done with it. */
export interface ReceivedEvent {
  readonly event: PaddleEvent;
  /** The body as JSON text. */
  readonly payload: string;
  /** SHA-256 of the body, in hexadecimal. */
  readonly payloadHash: string;
  /** Whether the signature was checked; `bypassed` only where the environment allows it. */
  readonly signature: "checked" | "bypassed";
}

/** A delivery that is kept apart: nothing in it can be used. */
export interface RefusedDelivery {
  readonly payloadHash: string;
  /** Why it was refused, in a few words. */
  readonly reason: string;
}

/** Where an event stands, as found when taking it. */
export interface TakenEvent {
  readonly id: string;
  readonly processingResult: "ok" | "ignored" | "error" | null;
  /** How often processing was tried before. */
  readonly attempts: number;
}

/** What became of an event. */
export interface EventOutcome {
  readonly result: "ok" | "ignored";
  readonly reason: string | null;
  readonly tenantId: string | null;
}

/** The key by which an event counts once. */
export function eventKey(event: PaddleEvent): string {
  return `paddle:event:${event.eventId}`;
}

/** Stores an event unless it is there already; the first time is audited. */
export function storeReceived(tx: Transaction, received: ReceivedEvent): Statement {
  const { event, payload, payloadHash, signature } = received;
  const metadata = { "event_id": event.eventId, "event_type": event.eventType, signature };
  return tx`
    with stored as (
      insert into public.webhook_events
        (dedupe_key, event_id, event_type, subject_id, occurred_at, signature_valid, payload,
         payload_hash)
      values
        (${eventKey(event)}, ${event.eventId}, ${event.eventType}, ${event.subjectId},
         ${event.occurredAt}, true, ${payload}::text::jsonb, ${payloadHash})
      on conflict (dedupe_key) do nothing
      returning id
    )
    insert into public.audit_log (actor_role, action, entity_type, entity_id, metadata)
    select ${WEBHOOKS_ROLE}, ${"webhook.received" satisfies AuditAction}, 'webhook_event',
           id::text, ${tx.json(metadata)}
    from stored`;
}

/** Takes an event for processing: whoever else has it waits for the end of this transaction. */
export async function takeEvent(tx: Transaction, key: string): Promise<TakenEvent> {
  // Executed, not only awaited, to be sent ahead of what the caller sends next.
  const [taken] = await tx<TakenEvent[]>`
    select id, processing_result, attempts
    from public.webhook_events
    where dedupe_key = ${key}
    for update`.execute();
  if (taken === undefined) throw new Error(`no webhook event has the key ${key}`);
  return taken;
}

/** Lets events of one subject pass one at a time, those of a subject not stored yet included. */
export function lockSubject(tx: Transaction, subjectId: string): Statement {
  return tx`select pg_advisory_xact_lock(hashtextextended(${`paddle:${subjectId}`}, 0))`;
}

/** Notes that an event is done with. */
export function markDone(tx: Transaction, taken: TakenEvent, outcome: EventOutcome): Statement {
  return tx`
    update public.webhook_events
    set processing_result = ${outcome.result}, reason = ${outcome.reason}, error = null,
        tenant_id = coalesce(tenant_id, ${outcome.tenantId}), attempts = attempts + 1,
        last_attempt_at = now(), processed_at = now()
    where id = ${taken.id}`;
}

/** Notes that an event failed, unless somebody else has finished it meanwhile, and audits it. */
export function markFailed(tx: Transaction, event: PaddleEvent, error: string): Statement {
  const metadata = { "event_id": event.eventId, "event_type": event.eventType, error };
  return tx`
    with failed as (
      update public.webhook_events
      set processing_result = 'error', error = ${error}, attempts = attempts + 1,
          last_attempt_at = now()
      where dedupe_key = ${eventKey(event)}
        and (processing_result is null or processing_result = 'error')
      returning id, tenant_id, attempts
    )
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    select tenant_id, ${WEBHOOKS_ROLE}, ${"webhook.failed" satisfies AuditAction},
           'webhook_event', id::text, ${
    tx.json(metadata)
  } || jsonb_build_object('attempt', attempts)
    from failed`;
}

/**
 * Keeps a delivery with a wrong signature apart. Its key is made of its bytes under a prefix of its
 * own, so it can never be the key of a real event; its body, which anyone may have written, is not kept.
 */
export function storeForged(tx: Transaction, refused: RefusedDelivery): Statement {
  return storeRefused(tx, refused, {
    key: `paddle:forged:${refused.payloadHash}`,
    signatureValid: false,
    action: "webhook.invalid_signature",
  });
}

/** Keeps a correctly signed delivery that is no event. Paddle sends none; it is there to be seen. */
export function storeMalformed(tx: Transaction, refused: RefusedDelivery): Statement {
  return storeRefused(tx, refused, {
    key: `paddle:malformed:${refused.payloadHash}`,
    signatureValid: true,
    action: "webhook.failed",
  });
}

function storeRefused(
  tx: Transaction,
  { payloadHash, reason }: RefusedDelivery,
  how: { key: string; signatureValid: boolean; action: AuditAction },
): Statement {
  const result = how.signatureValid ? "error" : "ignored";
  const metadata = { reason, "payload_hash": payloadHash };
  return tx`
    with stored as (
      insert into public.webhook_events as kept
        (dedupe_key, signature_valid, payload_hash, processing_result, reason, error, attempts,
         last_attempt_at, processed_at)
      values
        (${how.key}, ${how.signatureValid}, ${payloadHash}, ${result},
         ${how.signatureValid ? null : reason}, ${how.signatureValid ? reason : null}, 1,
         now(), ${how.signatureValid ? null : tx`now()`})
      on conflict (dedupe_key) do update
      set attempts = kept.attempts + 1, last_attempt_at = now()
      returning id
    )
    insert into public.audit_log (actor_role, action, entity_type, entity_id, metadata)
    select ${WEBHOOKS_ROLE}, ${how.action}, 'webhook_event', id::text, ${tx.json(metadata)}
    from stored`;
}
