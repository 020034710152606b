/**
 * A Paddle event on its way: stored, then applied once and in order, with its audit rows.
 *
 * Storing and applying are two transactions, so that an event whose processing fails, or dies, is
 * there to be tried again: by Paddle, who repeats what was not answered with 200.
 */
import { type AuditEntry, recordAudit } from "@core/audit/record.ts";
import { type Database, isConnectionFailure, sqlState } from "@core/platform/database.ts";
import type { Transaction } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import { applyPayment } from "./apply_payment.ts";
import { applySubscription } from "./apply_subscription.ts";
import { meaningOf } from "./paddle_event_types.ts";
import { MalformedEvent, type PaddleEvent } from "./paddle_events.ts";
import {
  eventKey,
  type EventOutcome,
  lockSubject,
  markDone,
  markFailed,
  type ReceivedEvent,
  storeReceived,
  takeEvent,
  type TakenEvent,
  WEBHOOKS_ROLE,
} from "./webhook_store.ts";

/** What a delivery led to; `duplicate` if its event was done with before. */
export type DeliveryResult = "ok" | "ignored" | "duplicate";

/** An event is stored and could not be applied; it is tried again when it is delivered again. */
export class ProcessingFailed extends AppError {
  override readonly name = "ProcessingFailed";

  constructor(cause: unknown) {
    super({
      code: "processing_failed",
      status: 500,
      message: "The event is stored but could not be applied. Please deliver it again.",
      cause,
    });
  }
}

/**
 * Stores an event and applies it, unless that was done before.
 *
 * @param db The database.
 * @param received The correctly signed event.
 * @returns What it led to.
 * @throws {MalformedEvent} If PostgreSQL cannot store it, however often it is delivered.
 * @throws {ProcessingFailed} If it cannot be applied; it is stored as `error` with the reason.
 * @throws {DatabaseUnavailable} If the database went away; nothing was applied.
 */
export async function receiveEvent(db: Database, received: ReceivedEvent): Promise<DeliveryResult> {
  try {
    await db.asService(WEBHOOKS_ROLE, (tx) => {
      storeReceived(tx, received).execute();
      return Promise.resolve();
    });
  } catch (error) {
    throw isUnstorable(error) ? new MalformedEvent("PostgreSQL cannot hold the body") : error;
  }
  return await processStoredEvent(db, received.event);
}

/** JSON allows what jsonb does not: numbers of any size (class 22), any depth (class 54). */
function isUnstorable(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && (state.startsWith("22") || state.startsWith("54"));
}

/**
 * Applies an event that is stored, unless it is done with: the way for deliveries, and for whatever
 * tries a failed event again.
 *
 * @param db The database.
 * @param event The event, whose row is in `webhook_events`.
 * @returns What it led to.
 * @throws {ProcessingFailed} If it cannot be applied; it is marked `error` with the reason.
 * @throws {DatabaseUnavailable} If the database went away; nothing was applied.
 */
export async function processStoredEvent(
  db: Database,
  event: PaddleEvent,
): Promise<DeliveryResult> {
  try {
    return await db.asService(WEBHOOKS_ROLE, (tx) => process(tx, event));
  } catch (error) {
    if (isConnectionFailure(error)) throw error;
    await db.asService(WEBHOOKS_ROLE, (tx) => {
      markFailed(tx, event, describe(error)).execute();
      return Promise.resolve();
    });
    throw new ProcessingFailed(error);
  }
}

async function process(tx: Transaction, event: PaddleEvent): Promise<DeliveryResult> {
  // All of this is sent at once; what an event reads waits on the server for the two locks.
  const taking = takeEvent(tx, eventKey(event));
  if (event.subjectId !== null) lockSubject(tx, event.subjectId).execute();
  const [taken, apply] = await Promise.all([taking, preparation(tx, event)]);

  if (taken.processingResult === "ok" || taken.processingResult === "ignored") {
    recordAudit(tx, aboutEvent("webhook.duplicate", event, taken, null)).execute();
    return "duplicate";
  }
  const outcome = apply(tx);
  markDone(tx, taken, outcome).execute();
  recordAudit(
    tx,
    aboutEvent("webhook.processed", event, taken, outcome.tenantId, {
      result: outcome.result,
      attempt: taken.attempts + 1,
      ...(outcome.reason === null ? {} : { reason: outcome.reason }),
    }),
  ).execute();
  return outcome.result;
}

/** Decides about an event from what was read and sends the changes, without waiting for answers. */
type Apply = (tx: Transaction) => EventOutcome;

/** Reads what an event needs; the decision waits until it is known that the event is still open. */
async function preparation(tx: Transaction, event: PaddleEvent): Promise<Apply> {
  const meaning = meaningOf(event.eventType);
  switch (meaning.kind) {
    case "subscription":
      return await applySubscription(tx, event);
    case "payment":
      return await applyPayment(tx, event);
    case "none":
      return () => ({ result: "ignored", reason: meaning.reason, tenantId: null });
  }
}

function aboutEvent(
  action: AuditEntry["action"],
  event: PaddleEvent,
  taken: TakenEvent,
  tenantId: string | null,
  metadata: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  return {
    action,
    tenantId,
    actorRole: WEBHOOKS_ROLE,
    entityType: "webhook_event",
    entityId: taken.id,
    metadata: { "event_id": event.eventId, "event_type": event.eventType, ...metadata },
  };
}

/** For the operator: what went wrong, without what PostgreSQL quotes from rows. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const state = sqlState(error);
  const text = `${error.name}${state === undefined ? "" : ` ${state}`}: ${error.message}`;
  return text.toWellFormed().replaceAll("\u0000", "").slice(0, 1_000);
}
