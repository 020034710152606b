/**
 * A Paddle event on its way: stored and applied once and in order, with its audit rows.
 *
 * Both happen in one transaction, so that the common case takes two round trips and one commit, and
 * Paddle hears 200 only of what is there for good. What cannot be applied is stored by itself, to be
 * tried again: by Paddle, who repeats what was not answered with 200, by an operator's replay and by
 * the sweep. A process that dies has answered nothing, so Paddle repeats that as well.
 */
import { type AuditEntry, recordAudit } from "@core/audit/record.ts";
import { type Database, isConnectionFailure, sqlState } from "@core/platform/database.ts";
import type { Transaction } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import { applyAdjustment } from "./apply_adjustment.ts";
import { applyCustomer } from "./apply_customer.ts";
import { applyFailure } from "./apply_failure.ts";
import { applyPayment } from "./apply_payment.ts";
import { applySubscription } from "./apply_subscription.ts";
import { meaningOf } from "./paddle_event_types.ts";
import { MalformedEvent, type PaddleEvent, parseEvent } from "./paddle_events.ts";
import {
  dropDueTime,
  type DueEvent,
  type EventOutcome,
  lockSubject,
  markDone,
  markFailed,
  markRowFailed,
  receivedEntry,
  type ReceivedEvent,
  storeIgnored,
  storeReceived,
  takeDueEvent,
  type TakenEvent,
  takeReceived,
  takeStored,
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
  const meaning = meaningOf(received.event.eventType);
  try {
    if (meaning.kind === "none") return await ignore(db, received, meaning.reason);
    return await db.asService(WEBHOOKS_ROLE, (tx) => process(tx, received));
  } catch (error) {
    if (isConnectionFailure(error)) {
      // The database may be there again, or one connection was lost: then the sweep has it as well.
      await storeOnly(db, received).catch(() => {});
      throw error;
    }
    await storeOnly(db, received, describe(error)).catch(asMalformed);
    throw new ProcessingFailed(error);
  }
}

/**
 * Stores an event and leaves it to the sweep, which applies it when the switch `hold_webhooks` is off
 * again. One that was done with before stays as it is.
 *
 * @param db The database.
 * @param received The correctly signed event.
 * @returns `ok`, as it is taken in for good.
 * @throws {MalformedEvent} If PostgreSQL cannot store it.
 * @throws {DatabaseUnavailable} If the database went away.
 */
export async function holdEvent(db: Database, received: ReceivedEvent): Promise<"ok"> {
  await storeOnly(db, received).catch(asMalformed);
  return "ok";
}

/** JSON allows what jsonb does not: numbers of any size (class 22), any depth (class 54). */
function asMalformed(error: unknown): never {
  const state = sqlState(error) ?? "";
  throw /^(22|54)/.test(state) ? new MalformedEvent("PostgreSQL cannot hold the body") : error;
}

async function process(tx: Transaction, received: ReceivedEvent): Promise<DeliveryResult> {
  const { event } = received;
  // All of this is sent at once; what an event reads waits on the server for row and locks.
  const taking = takeReceived(tx, received);
  const [taken, apply] = await Promise.all([taking, preparation(tx, event)]);
  if (isDone(taken)) return passOver(tx, event, taken);
  const first = taken.deliveryCount === 1 ? [receivedEntry(received, taken.id)] : [];
  return finish(tx, event, taken, apply, first);
}

/** Stores an event that nothing follows from and is done with it, in a single round trip. */
async function ignore(
  db: Database,
  received: ReceivedEvent,
  reason: string,
): Promise<DeliveryResult> {
  const { event } = received;
  const outcome = ignored(reason);
  const id = crypto.randomUUID();
  const entries = [
    receivedEntry(received, id),
    processedEntry(event, { id, attempts: 0 }, outcome),
  ];
  const { answer } = await db.asService(WEBHOOKS_ROLE, (tx) => {
    // Not awaited in here: `commit` travels along.
    return Promise.resolve({
      answer: storeIgnored(tx, received, { id, reason, entries }).execute(),
    });
  });
  const [stored] = await answer;
  if (stored === undefined) throw new Error(`the event ${event.eventId} was not stored`);
  if (stored.deliveryCount === 1) return "ignored";
  return await db.asService(WEBHOOKS_ROLE, async (tx) => {
    const taken = await takeStored(tx, stored.id);
    return isDone(taken) ? passOver(tx, event, taken) : finish(tx, event, taken, () => outcome);
  });
}

function passOver(tx: Transaction, event: PaddleEvent, { id }: TakenEvent): "duplicate" {
  recordAudit(tx, aboutEvent("webhook.duplicate", event, id, null)).execute();
  return "duplicate";
}

function ignored(reason: string): EventOutcome {
  return { result: "ignored", reason, tenantId: null, memberId: null };
}

/** Stores an event that could not be applied, with its failure where that is the event's own. */
async function storeOnly(db: Database, received: ReceivedEvent, failure?: string): Promise<void> {
  await db.asService(WEBHOOKS_ROLE, (tx) => {
    storeReceived(tx, received).execute();
    if (failure !== undefined) markFailed(tx, received.event, failure).execute();
    return Promise.resolve();
  });
}

/** What became of an event that was due; `none` if none is. */
export type SweptResult = "ok" | "ignored" | "failed" | "none";

/**
 * Applies the event that has been due for longest: one that failed before, or whose processing died.
 *
 * @param db The database.
 * @returns What it led to.
 * @throws {DatabaseUnavailable} If the database went away; nothing was applied.
 */
export async function processDueEvent(db: Database): Promise<SweptResult> {
  let due: DueEvent | null = null;
  try {
    return await db.asService(WEBHOOKS_ROLE, async (tx): Promise<SweptResult> => {
      due = await takeDueEvent(tx);
      if (due === null) return "none";
      if (isDone(due)) {
        dropDueTime(tx, due.id).execute();
        return due.processingResult === "ok" ? "ok" : "ignored";
      }
      return await attempt(tx, due);
    });
  } catch (error) {
    if (due === null || isConnectionFailure(error)) throw error;
    const { id } = due as DueEvent;
    await db.asService(WEBHOOKS_ROLE, (tx) => {
      markRowFailed(tx, id, describe(error)).execute();
      return Promise.resolve();
    });
    return "failed";
  }
}

/** Notes a failure while the row is still held, or the next worker would find it due once more. */
async function attempt(tx: Transaction, due: DueEvent): Promise<SweptResult> {
  tx`savepoint attempt`.execute();
  try {
    const event = parseEvent(due.payload);
    lockSubject(tx, event).execute();
    return finish(tx, event, due, await preparation(tx, event));
  } catch (error) {
    // A refused statement ends the transaction; whoever began it says which one it was.
    if (isConnectionFailure(error) || sqlState(error) !== undefined) throw error;
    tx`rollback to savepoint attempt`.execute();
    markRowFailed(tx, due.id, describe(error)).execute();
    return "failed";
  }
}

function isDone(taken: TakenEvent): boolean {
  return taken.processingResult === "ok" || taken.processingResult === "ignored";
}

/** Decides, and sends the changes together with the note that the event is done with. */
function finish(
  tx: Transaction,
  event: PaddleEvent,
  taken: TakenEvent,
  apply: Apply,
  earlier: readonly AuditEntry[] = [],
): EventOutcome["result"] {
  const outcome = apply(tx);
  const processed = processedEntry(event, taken, outcome);
  markDone(tx, taken, outcome, [...earlier, ...outcome.audit ?? [], processed]).execute();
  return outcome.result;
}

/** Decides about an event from what was read; changes that need an order are sent on the way. */
type Apply = (tx: Transaction) => EventOutcome;

/** Reads what an event needs; the decision waits until it is known that the event is still open. */
async function preparation(tx: Transaction, event: PaddleEvent): Promise<Apply> {
  const meaning = meaningOf(event.eventType);
  switch (meaning.kind) {
    case "subscription":
      return await applySubscription(tx, event);
    case "payment":
      return await applyPayment(tx, event);
    case "failure":
      return await applyFailure(tx, event);
    case "adjustment":
      return await applyAdjustment(tx, event);
    case "customer":
      return await applyCustomer(tx, event);
    case "none":
      return () => ignored(meaning.reason);
  }
}

function processedEntry(
  event: PaddleEvent,
  { id, attempts }: Pick<TakenEvent, "id" | "attempts">,
  { result, reason, tenantId }: EventOutcome,
): AuditEntry {
  return aboutEvent("webhook.processed", event, id, tenantId, {
    result,
    attempt: attempts + 1,
    ...(reason === null ? {} : { reason }),
  });
}

function aboutEvent(
  action: AuditEntry["action"],
  event: PaddleEvent,
  id: string,
  tenantId: string | null,
  metadata: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  return {
    action,
    tenantId,
    actorRole: WEBHOOKS_ROLE,
    entityType: "webhook_event",
    entityId: id,
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
