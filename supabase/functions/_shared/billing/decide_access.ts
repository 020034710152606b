/** Whether the money for the current period went back, which takes access away. Pure. */
import type { Instant } from "@core/platform/instant.ts";
import type { Moved } from "./decide_clawback.ts";

/** A payment of a subscription with everything that moved afterwards. */
export interface PaidPeriod {
  /** Paddle's transaction. */
  readonly transactionId: string;
  readonly amountCents: number;
  /** The period that was paid; null where Paddle named none. */
  readonly periodStart: Instant | null;
  readonly periodEnd: Instant | null;
  /** Without the payment itself. */
  readonly movements: readonly (Omit<Moved, "taxCents"> & { readonly occurredAt: Instant })[];
}

/** A subscription's current period. */
export interface CurrentPeriod {
  readonly currentPeriodStart: Instant | null;
  readonly currentPeriodEnd: Instant | null;
}

/**
 * When access was taken away: by a chargeback that stands on any payment for the current period, or
 * when all that was paid for it was refunded. A part refunded takes nothing away, nor does credit.
 *
 * @param period The subscription's current period.
 * @param payments Its payments.
 * @returns The time of the movement that did it, or null if access stays.
 */
export function decideAccessRevoked(
  period: CurrentPeriod,
  payments: readonly PaidPeriod[],
): Instant | null {
  const current = payments.filter((payment) => overlaps(payment, period));
  const back = current.flatMap((payment) => payment.movements);
  const chargedBack = current.some((payment) =>
    net(payment.movements, ["chargeback", "chargeback_reversed"]) < 0
  );
  const paid = current.reduce((total, { amountCents }) => total + amountCents, 0);
  const refunded = net(back, ["refund", "refund_reversed"]);
  if (!chargedBack && (refunded === 0 || paid + refunded > 0)) return null;
  const kinds = chargedBack ? ["chargeback"] : ["refund"];
  const times = back.filter((one) => kinds.includes(one.entryType)).map((one) => one.occurredAt);
  return times.sort().at(-1) ?? null;
}

function overlaps(payment: PaidPeriod, { currentPeriodStart, currentPeriodEnd }: CurrentPeriod) {
  const { periodStart, periodEnd } = payment;
  if (periodStart === null || periodEnd === null) return true;
  if (currentPeriodStart === null || currentPeriodEnd === null) return true;
  return periodStart < currentPeriodEnd && currentPeriodStart < periodEnd;
}

function net(
  movements: readonly Pick<Moved, "entryType" | "amountCents">[],
  kinds: readonly Moved["entryType"][],
): number {
  return movements
    .filter((one) => kinds.includes(one.entryType))
    .reduce((total, one) => total + one.amountCents, 0);
}
