/** Paddle's events as operators see them. */
import type { Transaction } from "@core/platform/database.ts";
import { type Cursor, cursorOf } from "./keyset.ts";
import { type EventFilter, type EventState, filterSql } from "./webhook_filter.ts";

/** An event in a list. */
export interface ListedEvent {
  readonly id: string;
  readonly tenantId: string | null;
  readonly eventType: string | null;
  readonly subjectId: string | null;
  readonly receivedAt: Date;
  readonly signatureValid: boolean;
  readonly processingResult: "ok" | "ignored" | "error" | null;
  readonly gaveUpAt: Date | null;
  readonly attempts: number;
  readonly memberId: string | null;
  readonly memberName: string | null;
}

/** A page of events, the latest first. */
export interface EventList {
  readonly events: readonly ListedEvent[];
  readonly next: Cursor | null;
}

/** Events that are not done with. */
export interface Backlog {
  readonly failed: number;
  readonly givenUp: number;
  readonly waiting: number;
}

/** One event with everything that is known of it. */
export interface EventFile extends ListedEvent {
  readonly eventId: string | null;
  readonly occurredAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly nextAttemptAt: Date | null;
  readonly processedAt: Date | null;
  readonly deliveryCount: number;
  readonly reason: string | null;
  readonly error: string | null;
  readonly payloadHash: string;
  /** The message as readable JSON; null for a forgery and after 90 days. */
  readonly payloadText: string | null;
  /** What is kept of it after 90 days. */
  readonly summaryText: string | null;
}

/** A line of the audit log. */
export interface AuditLine {
  readonly id: string;
  readonly action: string;
  readonly actorRole: string;
  readonly actorName: string | null;
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** Events on one page. */
const PER_PAGE = 30;
/** Most events that are replayed at once; the database refuses more. */
export const REPLAY_AT_MOST = 500;

/** Where an event stands. */
export function stateOf(
  event: Pick<ListedEvent, "signatureValid" | "processingResult" | "gaveUpAt">,
): EventState {
  if (!event.signatureValid) return "forged";
  if (event.processingResult === null) return "waiting";
  if (event.processingResult !== "error") return event.processingResult;
  return event.gaveUpAt ? "given_up" : "failed";
}

/** Whether an event can be tried again: it is genuine, its message is there, and it is not done with. */
export function canReplay(
  event: Pick<EventFile, "signatureValid" | "processingResult" | "payloadText">,
): boolean {
  return event.signatureValid && event.payloadText !== null &&
    (event.processingResult === null || event.processingResult === "error");
}

/**
 * A page of events that the asking person may see.
 *
 * @param tx A transaction in the person's name.
 * @param filter What is looked for.
 * @param timeZone In which the filter's days are meant.
 * @param after Where the page begins.
 */
export async function listEvents(
  tx: Transaction,
  filter: EventFilter,
  timeZone: string,
  after: Cursor | null,
): Promise<EventList> {
  const rows = await tx<(ListedEvent & { readonly place: string })[]>`
    select e.id, e.tenant_id, e.event_type, e.subject_id, e.received_at, e.signature_valid,
           e.processing_result, e.gave_up_at, e.attempts, e.member_id,
           nullif(coalesce(nullif(p.full_name, ''), p.email), '') as member_name,
           to_char(e.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place
    from public.webhook_events as e
    left join public.profiles as p on p.id = e.member_id
    where true
      ${filterSql(tx, filter, timeZone)}
      ${
    after === null
      ? tx``
      : tx`and (e.received_at, e.id) < (${after.time}::timestamptz, ${after.id}::uuid)`
  }
    order by e.received_at desc, e.id desc
    limit ${PER_PAGE + 1}`;
  return { events: rows.slice(0, PER_PAGE), next: cursorOf(rows, PER_PAGE) };
}

/** How much waits to be looked at, of what the asking person may see. */
export async function readBacklog(tx: Transaction): Promise<Backlog> {
  const [row] = await tx<Backlog[]>`
    select count(*) filter (where processing_result = 'error') as failed,
           count(*) filter (where gave_up_at is not null) as given_up,
           count(*) filter (where processing_result is null) as waiting
    from public.webhook_events
    where signature_valid and (processing_result is null or processing_result = 'error')`;
  return row ?? { failed: 0, givenUp: 0, waiting: 0 };
}

/**
 * One event, or null if the asking person may not see it or there is none.
 *
 * @param tx A transaction in the person's name.
 * @param id Ours.
 */
export async function readEvent(tx: Transaction, id: string): Promise<EventFile | null> {
  const [row] = await tx<EventFile[]>`
    select e.id, e.tenant_id, e.event_type, e.subject_id, e.received_at, e.signature_valid,
           e.processing_result, e.gave_up_at, e.attempts, e.member_id,
           nullif(coalesce(nullif(p.full_name, ''), p.email), '') as member_name,
           e.event_id, e.occurred_at, e.last_attempt_at, e.next_attempt_at, e.processed_at,
           e.delivery_count, e.reason, e.error, e.payload_hash,
           jsonb_pretty(e.payload) as payload_text, jsonb_pretty(e.summary) as summary_text
    from public.webhook_events as e
    left join public.profiles as p on p.id = e.member_id
    where e.id = ${id}`;
  return row ?? null;
}

/** What was done with an event, in order. */
export async function readTrail(tx: Transaction, id: string): Promise<AuditLine[]> {
  return await tx<AuditLine[]>`
    select a.id, a.action, a.actor_role, nullif(p.full_name, '') as actor_name, a.entity_type,
           a.entity_id, a.metadata, a.created_at
    from public.audit_log as a
    left join public.profiles as p on p.id = a.actor_id
    where a.entity_type = 'webhook_event' and a.entity_id = ${id}
    order by a.seq
    limit 200`;
}

/** What an event changed, in order, by Paddle's id of it. */
export async function readChanges(tx: Transaction, eventId: string): Promise<AuditLine[]> {
  return await tx<AuditLine[]>`
    select a.id, a.action, a.actor_role, null as actor_name, a.entity_type, a.entity_id, a.metadata,
           a.created_at
    from public.audit_log as a
    where a.event_id = ${eventId}
    order by a.seq
    limit 50`;
}

/** Which events a replay is about. */
export interface ReplayPlan {
  /** The events, the oldest first, at most {@linkcode REPLAY_AT_MOST}. */
  readonly ids: readonly string[];
  /** How many there are in all. */
  readonly total: number;
}

/**
 * The events of a filter that can be tried again.
 *
 * @param tx A transaction in the operator's name.
 * @param filter What is looked for.
 * @param timeZone In which the filter's days are meant.
 * @param until Only what arrived before, ISO 8601: what came later was not shown when it was confirmed.
 */
export async function planReplay(
  tx: Transaction,
  filter: EventFilter,
  timeZone: string,
  until: string,
): Promise<ReplayPlan> {
  const rows = await tx<{ id: string; total: number }[]>`
    select e.id, count(*) over () as total
    from public.webhook_events as e
    where e.signature_valid and e.payload is not null
      and (e.processing_result is null or e.processing_result = 'error')
      and e.received_at <= ${until}::timestamptz
      ${filterSql(tx, filter, timeZone)}
    order by e.received_at, e.id
    limit ${REPLAY_AT_MOST}`;
  return { ids: rows.map(({ id }) => id), total: Number(rows[0]?.total ?? 0) };
}
