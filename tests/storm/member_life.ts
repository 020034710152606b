/** One member's dealings with Paddle: each act says which events tell of it. */
import {
  adjustmentEntity,
  customerEntity,
  subscriptionEntity,
  totalOf,
  transactionEntity,
  type WireAdjustment,
  type WireEvent,
  type WireSubscription,
  type WireTime,
  type WireTransaction,
} from "./paddle_wire.ts";
import type { Random } from "./random.ts";
import { daysLater, microsecondsOf, wireTime } from "./wire_clock.ts";

/** Somebody who is a member during a storm. */
export interface StormMember {
  readonly id: string;
  readonly tenantId: "ks" | "mk";
  /** What our checkout attaches to the transaction. */
  readonly customData: Readonly<Record<string, string>> | null;
  /** The agent who earns by this member's payments. */
  readonly agentId: string | null;
}

const PRICES = { standard: 2000, family: 3500, business: 9500 } as const;
type Tier = keyof typeof PRICES;

/** The price of a plan in Paddle, as `supabase/seed.sql` has it. */
export function priceId(tenantId: string, tier: Tier): string {
  return `pri_01${tenantId}00${tier}`.padEnd(30, "0");
}

/** What is left of a payment, in cents. */
interface Payment {
  readonly transaction: WireTransaction;
  total: number;
  tax: number;
}

/** A life as it goes on. */
export class MemberLife {
  readonly member: StormMember;
  readonly events: WireEvent[] = [];
  /** Checkouts whose transaction does not name its buyer: the site noted who opened them. */
  readonly checkouts: WireTransaction[] = [];
  readonly #random: Random;
  readonly #customerId: string;
  readonly #payments: Payment[] = [];
  #now = microsecondsOf("2025-01-06T09:00:00.000000Z");
  #subscription: WireSubscription | undefined;
  #tier: Tier = "standard";
  #owed: WireTransaction | undefined;

  constructor(member: StormMember, random: Random) {
    this.member = member;
    this.#random = random;
    this.#customerId = random.id("ctm");
    this.#now += BigInt(random.whole(0, 86_400_000_000));
  }

  /** The state of the newest subscription. */
  get state(): string {
    if (this.#subscription === undefined) return "none";
    return this.#subscription.scheduledAction === null ? this.#subscription.status : "scheduled";
  }

  timePasses(): void {
    this.#now += BigInt(this.#random.whole(3_600, 20 * 86_400)) * 1_000_000n;
  }

  buys(): void {
    const random = this.#random;
    this.#tier = random.pick(["standard", "standard", "family", "business"]);
    const draft = this.#transaction("api", this.#price(this.#tier), null);
    if (draft.customData === null) this.checkouts.push(draft);
    if (this.#payments.length === 0 && this.#subscription === undefined) {
      this.#tellCustomer("customer.created");
    }
    this.#tellTransaction("transaction.ready", { ...draft, status: "ready" });
    if (random.chance(0.1)) {
      this.#tellTransaction("transaction.payment_failed", { ...draft, status: "ready" });
    }
    const startedAt = this.#tick();
    this.#subscription = {
      id: random.id("sub"),
      customerId: this.#customerId,
      customData: this.member.customData,
      priceId: draft.priceId,
      status: "active",
      startedAt,
      period: yearFrom(startedAt),
      scheduledAction: null,
      pausedAt: null,
      canceledAt: null,
    };
    this.#owed = undefined;
    this.#tellSubscription("subscription.created", draft.id);
    this.#tellSubscription("subscription.activated");
    this.#collect({ ...draft, subscriptionId: this.#subscription.id });
  }

  renews(): void {
    this.#nextPeriod("subscription.updated");
    this.#collect(this.#bill("subscription_recurring", this.#price(this.#tier)));
  }

  failsToRenew(): void {
    this.#nextPeriod("subscription.updated");
    this.#owed = this.#bill("subscription_recurring", this.#price(this.#tier));
    this.failsAgain();
    // Paddle tells it twice, in either order.
    const types = this.#random.shuffle(["subscription.updated", "subscription.past_due"]);
    this.#change({ status: "past_due" }, ...types);
  }

  failsAgain(): void {
    if (this.#owed === undefined) return;
    this.#tellTransaction("transaction.payment_failed", { ...this.#owed, status: "past_due" });
  }

  recovers(): void {
    if (this.#owed !== undefined) this.#collect(this.#owed);
    this.#owed = undefined;
    this.#change({ status: "active" }, "subscription.updated");
  }

  schedulesCancellation(): void {
    this.#change({ scheduledAction: "cancel" }, "subscription.updated");
  }

  withdrawsCancellation(): void {
    this.#change({ scheduledAction: null }, "subscription.updated");
  }

  cancels(): void {
    this.#owed = undefined;
    this.#change(
      {
        status: "canceled",
        canceledAt: this.#tick(),
        pausedAt: null,
        period: null,
        scheduledAction: null,
      },
      "subscription.updated",
      "subscription.canceled",
    );
  }

  pauses(): void {
    const pausedAt = this.#tick();
    this.#change(
      { status: "paused", pausedAt, period: null },
      "subscription.updated",
      "subscription.paused",
    );
  }

  resumes(): void {
    this.#change(
      { status: "active", pausedAt: null, period: yearFrom(this.#tick()) },
      "subscription.updated",
      "subscription.resumed",
    );
    this.#collect(this.#bill("subscription_recurring", this.#price(this.#tier)));
  }

  changesPlan(): void {
    const tier = this.#random.pick((["standard", "family", "business"] as const)
      .filter((other) => other !== this.#tier));
    const difference = PRICES[tier] - PRICES[this.#tier];
    const left = this.#random.whole(1, 365) / 365;
    this.#tier = tier;
    this.#change({ priceId: priceId(this.member.tenantId, tier) }, "subscription.updated");
    // What a cheaper plan leaves over stays as credit: nothing is charged.
    this.#collect(this.#bill("subscription_update", Math.round(Math.max(0, difference) * left)));
  }

  getsRefund(): void {
    const payment = this.#refundable();
    if (payment === undefined) return this.changesEmail();
    const isPart = this.#random.chance(0.5) && payment.total > 1;
    const total = isPart ? this.#random.whole(1, payment.total - 1) : payment.total;
    const tax = isPart ? Math.round(payment.tax * total / payment.total) : payment.tax;
    const asked = this.#adjustment(payment, "refund", total, tax, "pending_approval");
    this.#tellAdjustment("adjustment.created", asked);
    const status = this.#random.chance(0.15) ? "rejected" : "approved";
    this.#tellAdjustment("adjustment.updated", { ...asked, status });
    if (status === "rejected") return;
    payment.total -= total;
    payment.tax -= tax;
  }

  chargesBack(): void {
    const payment = this.#refundable();
    if (payment === undefined) return this.changesEmail();
    const { total, tax } = payment;
    const taken = this.#adjustment(payment, "chargeback", total, tax, "approved");
    this.#tellAdjustment("adjustment.created", taken);
    payment.total = payment.tax = 0;
    if (!this.#random.chance(0.4)) return;
    this.timePasses();
    const given = this.#adjustment(payment, "chargeback_reverse", total, tax, "approved");
    this.#tellAdjustment("adjustment.created", given);
    payment.total = total;
    payment.tax = tax;
  }

  changesEmail(): void {
    this.#tellCustomer("customer.updated");
  }

  #refundable(): Payment | undefined {
    const open = this.#payments.filter(({ total }) => total > 0);
    return open.length === 0 ? undefined : this.#random.pick(open);
  }

  #price(tier: Tier): number {
    return PRICES[tier];
  }

  /** What is charged tax included, split as Paddle does, some of it discounted. */
  #transaction(
    origin: WireTransaction["origin"],
    charged: number,
    subscription: WireSubscription | null,
  ): WireTransaction {
    const subtotal = Math.round(charged / 1.18);
    const discount = this.#random.chance(0.15) ? Math.round(subtotal / 10) : 0;
    const tax = discount === 0 ? charged - subtotal : Math.round((subtotal - discount) * 0.18);
    return {
      id: this.#random.id("txn"),
      status: "draft",
      origin,
      customerId: this.#customerId,
      customData: this.member.customData,
      subscriptionId: subscription?.id ?? null,
      priceId: priceId(this.member.tenantId, this.#tier),
      period: subscription?.period ?? null,
      subtotal,
      discount,
      tax,
      billedAt: null,
      invoiceNumber: null,
    };
  }

  #bill(origin: WireTransaction["origin"], charged: number): WireTransaction {
    const billed = this.#transaction(origin, charged, this.#subscription ?? null);
    if (charged > 0) this.#tellTransaction("transaction.billed", { ...billed, status: "billed" });
    return billed;
  }

  #collect(transaction: WireTransaction): void {
    const completed = {
      ...transaction,
      status: "completed",
      period: transaction.period ?? this.#subscription?.period ?? null,
      billedAt: this.#tick(),
      invoiceNumber: `1001-${this.#random.whole(10_000, 99_999)}`,
    };
    this.#tellTransaction("transaction.completed", completed);
    const total = totalOf(completed);
    if (total > 0) this.#payments.push({ transaction: completed, total, tax: completed.tax });
  }

  #nextPeriod(type: string): void {
    const endsAt = this.#subscription?.period?.endsAt ?? wireTime(this.#now);
    const due = microsecondsOf(endsAt);
    if (due > this.#now) this.#now = due;
    this.#change({ period: yearFrom(endsAt) }, type);
  }

  #change(changes: Partial<WireSubscription>, ...types: readonly string[]): void {
    if (this.#subscription === undefined) return;
    this.#subscription = { ...this.#subscription, ...changes };
    for (const type of types) this.#tellSubscription(type);
  }

  #adjustment(
    { transaction }: Payment,
    action: WireAdjustment["action"],
    total: number,
    tax: number,
    status: WireAdjustment["status"],
  ): WireAdjustment {
    return {
      id: this.#random.id("adj"),
      action,
      status,
      transactionId: transaction.id,
      subscriptionId: transaction.subscriptionId,
      customerId: this.#customerId,
      total,
      tax,
      createdAt: this.#tick(),
    };
  }

  #tellSubscription(type: string, transactionId?: string): void {
    const subscription = this.#subscription;
    if (subscription === undefined) return;
    this.#tell(type, (at) => subscriptionEntity(subscription, at, transactionId));
  }

  #tellTransaction(type: string, transaction: WireTransaction): void {
    this.#tell(type, (at) => transactionEntity(transaction, at));
  }

  #tellAdjustment(type: string, adjustment: WireAdjustment): void {
    this.#tell(type, (at) => adjustmentEntity(adjustment, at));
  }

  #tellCustomer(type: string): void {
    const email = `${this.#random.id("mail")}@storm.test`;
    this.#tell(type, (at) => customerEntity(this.#customerId, email, at));
  }

  #tell(type: string, entity: (at: WireTime) => Record<string, unknown>): void {
    // Now and then two events have the same time, and only their ids tell them apart.
    const at = this.#random.chance(0.05) ? wireTime(this.#now) : this.#tick();
    const eventId = this.#random.id("evt");
    this.events.push({ eventId, type, occurredAt: at, data: entity(at) });
  }

  #tick(): WireTime {
    this.#now += BigInt(this.#random.whole(1, 3_000_000));
    return wireTime(this.#now);
  }
}

function yearFrom(startsAt: WireTime) {
  return { startsAt, endsAt: daysLater(startsAt, 365) };
}
