/** What became of Paddle's deliveries: the rows of `webhook_events`. */
import type postgres from "postgres";
import type { Transaction } from "@core/platform/database.ts";
import type { AuditAction } from "@core/audit/actions.ts";
import { type AuditEntry, recordAudit } from "@core/audit/record.ts";
import type { Effect } from "./effect.ts";
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
  /**
   * How it is known to be Paddle's: `checked` signature, `bypassed` check where the environment
   * allows that, or `fetched` from Paddle's API with our key.
   */
  readonly signature: "checked" | "bypassed" | "fetched";
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
  /** How often it was delivered, this time included. */
  readonly deliveryCount: number;
}

/** What became of an event. */
export interface EventOutcome extends Partial<Effect> {
  readonly result: "ok" | "ignored";
  readonly reason: string | null;
  readonly tenantId: string | null;
  /** Whom it is about, where that is known. */
  readonly memberId: string | null;
}

/** The key by which an event counts once. */
export function eventKey(event: PaddleEvent): string {
  return `paddle:event:${event.eventId}`;
}

/**
 * Stores an event, or counts one more delivery of it, and takes it for processing together with its
 * subject: whoever else has either of them waits for the end of this transaction. What is sent after
 * this waits on the server and sees what those before have committed.
 */
export async function takeReceived(tx: Transaction, received: ReceivedEvent): Promise<TakenEvent> {
  const { event } = received;
  // Executed, not only awaited, to be sent ahead of what the caller sends next.
  const [taken] = await tx<TakenEvent[]>`
    with taken as (${insertReceived(tx, received)})
    select id, processing_result, attempts, delivery_count,
           pg_advisory_xact_lock(hashtextextended(${lockKey(event.subjectId)}, 0)) as subject,
           pg_advisory_xact_lock(hashtextextended(${lockKey(event.customerId)}, 0)) as customer
    from taken`.execute();
  if (taken === undefined) throw new Error(`the event ${event.eventId} was not stored`);
  return taken;
}

/**
 * The statement that stores an event nothing follows from as done with, and audits that; one that
 * was stored before has its delivery counted and comes back as it is.
 */
export function storeIgnored(
  tx: Transaction,
  received: ReceivedEvent,
  row: { readonly id: string; readonly reason: string; readonly entries: readonly AuditEntry[] },
): postgres.PendingQuery<TakenEvent[]> {
  const { event, payload, payloadHash } = received;
  return tx<TakenEvent[]>`
    with stored as (
      insert into public.webhook_events as kept
        (id, dedupe_key, event_id, event_type, subject_id, occurred_at, signature_valid, payload,
         payload_hash, processing_result, reason, attempts, last_attempt_at, processed_at)
      values
        (${row.id}, ${eventKey(event)}, ${event.eventId}, ${event.eventType}, ${event.subjectId},
         ${event.occurredAt}, true, ${payload}::text::jsonb, ${payloadHash}, 'ignored',
         ${row.reason}, 1, now(), now())
      on conflict (dedupe_key) do update set delivery_count = kept.delivery_count + 1
      returning id, processing_result, attempts, delivery_count
    ), audited as (
      ${recordAudit(tx, ...row.entries)}
      where exists (select from stored where delivery_count = 1)
    )
    select id, processing_result, attempts, delivery_count from stored`;
}

/** Takes a stored event, to be done with unless it is meanwhile. */
export async function takeStored(tx: Transaction, id: string): Promise<TakenEvent> {
  const [taken] = await tx<TakenEvent[]>`
    select id, processing_result, attempts, delivery_count
    from public.webhook_events
    where id = ${id}
    for update`;
  if (taken === undefined) throw new Error(`there is no event ${id}`);
  return taken;
}

/** Stores an event, or counts one more delivery of it; the first is audited. */
export function storeReceived(tx: Transaction, received: ReceivedEvent): Statement {
  const { action, actorRole, entityType, metadata } = receivedEntry(received, "");
  return tx`
    with stored as (${insertReceived(tx, received)})
    insert into public.audit_log (actor_role, action, entity_type, entity_id, metadata)
    select ${actorRole}, ${action}, ${entityType}, id::text,
           ${tx.json(metadata as postgres.JSONValue)}
    from stored
    where delivery_count = 1`;
}

function insertReceived(tx: Transaction, received: ReceivedEvent): Statement {
  const { event, payload, payloadHash } = received;
  return tx`
      insert into public.webhook_events as kept
        (dedupe_key, event_id, event_type, subject_id, occurred_at, signature_valid, payload,
         payload_hash)
      values
        (${eventKey(event)}, ${event.eventId}, ${event.eventType}, ${event.subjectId},
         ${event.occurredAt}, true, ${payload}::text::jsonb, ${payloadHash})
      on conflict (dedupe_key) do update set delivery_count = kept.delivery_count + 1
      returning id, processing_result, attempts, delivery_count`;
}

/** The audit row of an event that was stored for the first time. */
export function receivedEntry(received: ReceivedEvent, id: string): AuditEntry {
  const { event, signature } = received;
  return {
    action: "webhook.received",
    tenantId: null,
    actorRole: WEBHOOKS_ROLE,
    entityType: "webhook_event",
    entityId: id,
    metadata: { "event_id": event.eventId, "event_type": event.eventType, signature },
  };
}

/** A stored event whose next attempt is due. */
export interface DueEvent extends TakenEvent {
  /** The envelope, as JSON. */
  readonly payload: unknown;
}

/**
 * Takes the event that has been due for longest, passing over those that somebody else is at, with its
 * subject; or, if one of that subject happened before it that nobody has tried yet, that one first: what
 * was held is applied in the order in which it happened. Nothing but a due time is asked for, so that
 * a replay is a new due time.
 */
export async function takeDueEvent(tx: Transaction): Promise<DueEvent | null> {
  // The subject is asked for one event after the other, in their order, until one is free.
  const [free] = await tx<{ id: string; subjectId: string | null }[]>`
    with longest as materialized (
      select id, subject_id from public.webhook_events
      where next_attempt_at <= now() and payload is not null and signature_valid
      order by next_attempt_at
      limit 50
    )
    select id, subject_id from longest
    where subject_id is null
      or pg_try_advisory_xact_lock(hashtextextended('paddle:' || subject_id, 0))
    limit 1`;
  if (free === undefined) return null;
  const [due] = await tx<DueEvent[]>`
    select id, processing_result, attempts, delivery_count, payload
    from public.webhook_events
    where (
        id = ${free.id}
        or (subject_id = ${free.subjectId} and attempts = 0 and processing_result is null)
      )
      and next_attempt_at <= now() and payload is not null and signature_valid
    order by occurred_at, event_id
    limit 1
    for update skip locked`;
  return due ?? null;
}

/** Which of these events are stored, by their keys. */
export async function readStoredKeys(
  tx: Transaction,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ key: string }[]>`
    select dedupe_key as key from public.webhook_events
    where dedupe_key = any (${[...keys]}::text[])`;
  return new Set(rows.map((row) => row.key));
}

/** Takes an event off the list of those that are due, whatever became of it. */
export function dropDueTime(tx: Transaction, id: string): Statement {
  return tx`update public.webhook_events set next_attempt_at = null where id = ${id}`;
}

/**
 * Lets events of one subject pass one at a time, those of a subject not stored yet included; and
 * those that may make a customer known, so that no address told meanwhile is missed. Always in this
 * order, and nobody holds a customer and asks for a subject.
 */
export function lockSubject(tx: Transaction, event: PaddleEvent): Statement {
  return tx`
    select pg_advisory_xact_lock(hashtextextended(${lockKey(event.subjectId)}, 0)),
           pg_advisory_xact_lock(hashtextextended(${lockKey(event.customerId)}, 0))`;
}

/** Nothing is locked for a null. */
function lockKey(id: string | null): string | null {
  return id === null ? null : `paddle:${id}`;
}

/** Makes the changes, notes that the event is done with, and audits both: all in one statement. */
export function markDone(
  tx: Transaction,
  taken: TakenEvent,
  outcome: EventOutcome,
  entries: readonly AuditEntry[],
): Statement {
  const changes = (outcome.changes ?? []).map((change) => tx`${change},`);
  return tx`
    with ${changes.length === 0 ? tx`` : changes} done as (
      update public.webhook_events
      set processing_result = ${outcome.result}, reason = ${outcome.reason}, error = null,
          tenant_id = coalesce(tenant_id, ${outcome.tenantId}),
          member_id = coalesce(member_id, ${outcome.memberId}::uuid), attempts = attempts + 1,
          last_attempt_at = now(), processed_at = now()
      where id = ${taken.id}
    )
    ${recordAudit(tx, ...entries)}`;
}

/** Notes that an event failed, unless somebody else has finished it meanwhile, and audits it. */
export function markFailed(tx: Transaction, event: PaddleEvent, error: string): Statement {
  return noteFailure(tx, tx`dedupe_key = ${eventKey(event)}`, error);
}

/** The same for a stored event that cannot even be read. */
export function markRowFailed(tx: Transaction, id: string, error: string): Statement {
  return noteFailure(tx, tx`id = ${id}`, error);
}

function noteFailure(tx: Transaction, which: Statement, error: string): Statement {
  return tx`
    with failed as (
      update public.webhook_events
      set processing_result = 'error', error = ${error}, attempts = attempts + 1,
          last_attempt_at = now()
      where ${which} and (processing_result is null or processing_result = 'error')
      returning id, tenant_id, attempts, gave_up_at, event_id, event_type
    )
    insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id, metadata)
    select tenant_id, ${WEBHOOKS_ROLE},
           case
             when gave_up_at = now() then ${"webhook.given_up" satisfies AuditAction}
             else ${"webhook.failed" satisfies AuditAction}
           end,
           'webhook_event', id::text,
           jsonb_build_object(
             'event_id', event_id, 'event_type', event_type, 'error', ${error}::text,
             'attempt', attempts
           )
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
