/** What money that goes back, or comes again, changes: one ledger entry. Pure. */
import type { Instant } from "@core/platform/instant.ts";
import type { AdjustmentEntity } from "./paddle_entities.ts";
import type { PaddleEvent } from "./paddle_events.ts";

/** Kinds of ledger entries that follow an invoice's own. */
export type MovementType =
  | "refund"
  | "credit"
  | "credit_reversed"
  | "chargeback"
  | "chargeback_reversed";

/** A movement of money as the ledger keeps it, in cents; below nought if it goes to the member. */
export interface Movement {
  readonly providerAdjustmentId: string;
  readonly entryType: MovementType;
  readonly amountCents: number;
  readonly taxCents: number;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly occurredAt: Instant;
}

/** What is to be done about an adjustment. */
export type AdjustmentDecision =
  | { readonly outcome: "ignored"; readonly reason: string }
  | { readonly outcome: "apply"; readonly movement: Movement };

/** Which way the money goes; null where none moves. */
const MOVEMENTS: Readonly<
  Record<AdjustmentEntity["action"], { type: MovementType; sign: 1 | -1 } | null>
> = {
  "refund": { type: "refund", sign: -1 },
  "credit": { type: "credit", sign: -1 },
  "credit_reverse": { type: "credit_reversed", sign: 1 },
  "chargeback": { type: "chargeback", sign: -1 },
  "chargeback_reverse": { type: "chargeback_reversed", sign: 1 },
  "chargeback_warning": null,
  "chargeback_warning_reverse": null,
};

/**
 * Decides about one `adjustment.*` event. Money moves once for each adjustment, whichever of its
 * events says so first, so that their order does not matter. One that is `reversed` had been
 * approved: its way back is an adjustment of its own.
 *
 * @param event The event.
 * @param entity The adjustment that it carries.
 * @returns The movement to enter, or why there is none.
 */
export function decideAdjustment(event: PaddleEvent, entity: AdjustmentEntity): AdjustmentDecision {
  const movement = MOVEMENTS[entity.action];
  if (movement === null) return ignored("a warning only: no money has moved");
  if (entity.status === "pending_approval") return ignored("Paddle has not decided about it yet");
  if (entity.status === "rejected") return ignored("Paddle rejected it: no money has moved");
  if (entity.total === 0) return ignored("it is over nothing");
  // `0 - x`, as the negative of nought is another nought.
  const signed = (cents: number) => movement.sign === 1 ? cents : 0 - cents;
  return {
    outcome: "apply",
    movement: {
      providerAdjustmentId: entity.id,
      entryType: movement.type,
      amountCents: signed(entity.total),
      taxCents: signed(entity.tax),
      currency: entity.currency,
      // Its own time, which is the same in each of its events.
      occurredAt: entity.createdAt ?? event.occurredAt,
    },
  };
}

function ignored(reason: string): AdjustmentDecision {
  return { outcome: "ignored", reason };
}
