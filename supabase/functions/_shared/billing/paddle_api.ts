/**
 * Calls of Paddle's API, by its SDK; nothing else talks to Paddle. Every call has a time limit and fails as
 * `PaddleUnavailable` (try later, nothing changed) or `PaddleRefused` (Paddle said no).
 */
import type { Transaction } from "@paddle/paddle-node-sdk";
import type { PaddleEnv } from "@core/platform/env.ts";
import { PaddleRefused, PaddleUnavailable } from "@core/platform/errors.ts";
import { createPaddleClient, isNotFound } from "./paddle_client.ts";
import { type PaddleSubscriptions, subscriptionCalls } from "./paddle_subscriptions.ts";

/** What a checkout is opened with. */
export interface CheckoutOrder {
  /** Paddle's price, `membership_plans.paddle_price_id`. */
  readonly priceId: string;
  /** The buyer, `profiles.id`; comes back in every event as `custom_data.user_id`. */
  readonly userId: string;
  /** The buyer's tenant; comes back as `custom_data.tenant_id` and is only ever compared. */
  readonly tenantId: string;
  /** A referral code, resolved to its agent when money comes in. */
  readonly refCode?: string | undefined;
  /** Paddle's customer, which spares the buyer typing an address. */
  readonly customerId?: string | undefined;
  /** The page that opens the checkout; Paddle adds `?_ptxn=` to it. */
  readonly checkoutUrl: string;
}

/** A checkout that waits for its buyer. */
export interface Checkout {
  readonly transactionId: string;
  /** Where to send the buyer. */
  readonly url: string;
}

/** Where a transaction stands, as far as a buyer who comes back has to know. */
export interface PaddleTransaction {
  readonly id: string;
  /**
   * `draft`, `ready` (waits for payment), `billed`, `paid` (money received), `completed` (Paddle has
   * done all its work), `past_due`, `canceled`.
   */
  readonly status: string;
  /** How it came about: `api` or `web` for a purchase, `subscription_…` for what follows from one. */
  readonly origin: string;
  readonly subscriptionId: string | null;
  readonly customerId: string | null;
  /** `custom_data.user_id`: whose checkout this is. */
  readonly userId: string | null;
  /** Where the buyer can pay or try again. */
  readonly checkoutUrl: string | null;
  /** Paddle's code of the last failed payment, for instance `declined`; null if none failed. */
  readonly paymentError: string | null;
}

/** Whose customer record is wanted. */
export interface CustomerOrder {
  readonly email: string;
  readonly name?: string | undefined;
}

/** Paddle's API, as far as it is in use. */
export interface PaddleApi extends PaddleSubscriptions {
  /** Opens a checkout. @throws {PaddleUnavailable | PaddleRefused} */
  createCheckout(order: CheckoutOrder): Promise<Checkout>;
  /** One transaction, or null if Paddle has none by that id. @throws {PaddleUnavailable} */
  readTransaction(id: string): Promise<PaddleTransaction | null>;
  /** Paddle's customer id of a mail address, made if need be. @throws {PaddleUnavailable | PaddleRefused} */
  findOrCreateCustomer(order: CustomerOrder): Promise<string>;
  /**
   * Has Paddle write to another address from now on. A customer that it does not know is refused.
   * @throws {PaddleUnavailable | PaddleRefused}
   */
  changeCustomerAddress(customerId: string, email: string): Promise<void>;
  /** Asks for the least there is, to see whether Paddle answers and knows our key. */
  ping(): Promise<void>;
}

/** Settings of {@linkcode connectPaddle}. */
export interface PaddleApiOptions {
  /** Longest that one call may take, in milliseconds; 5,000. */
  readonly timeout?: number;
}

/**
 * Prepares calls to Paddle.
 *
 * @param env The key and which Paddle it is for.
 * @param options The time limit.
 * @returns Paddle's API.
 */
export function connectPaddle(env: PaddleEnv, options: PaddleApiOptions = {}): PaddleApi {
  const client = createPaddleClient(env, options.timeout ?? 5_000);
  const { sdk: paddle, call } = client;

  return {
    ...subscriptionCalls(client),

    async createCheckout(order) {
      const transaction = await call(() =>
        paddle.transactions.create({
          items: [{ priceId: order.priceId, quantity: 1 }],
          customData: {
            "user_id": order.userId,
            "tenant_id": order.tenantId,
            ...(order.refCode === undefined ? {} : { "ref_code": order.refCode }),
          },
          ...(order.customerId === undefined ? {} : { customerId: order.customerId }),
          collectionMode: "automatic",
          checkout: { url: order.checkoutUrl },
        })
      );
      const url = transaction.checkout?.url;
      if (!url) throw new PaddleUnavailable(new Error("the transaction has no checkout address"));
      return { transactionId: transaction.id, url };
    },

    async readTransaction(id) {
      // The SDK puts ids into paths as they are.
      if (!/^txn_[a-z0-9]{1,64}$/.test(id)) return null;
      try {
        return summary(await call(() => paddle.transactions.get(id)));
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    },

    async findOrCreateCustomer({ email, name }) {
      try {
        const customer = await call(() =>
          paddle.customers.create({ email, ...(name === undefined ? {} : { name }) })
        );
        return customer.id;
      } catch (error) {
        if (!(error instanceof PaddleRefused)) throw error;
        if (error.paddleCode !== "customer_already_exists") throw error;
      }
      const found = await call(() => paddle.customers.list({ email: [email], perPage: 1 }).next());
      const customer = found[0];
      if (customer === undefined) {
        throw new PaddleUnavailable(new Error("a customer who exists was not found"));
      }
      return customer.id;
    },

    async changeCustomerAddress(customerId, email) {
      // The SDK puts ids into paths as they are.
      if (!/^ctm_[a-z0-9]{1,64}$/.test(customerId)) throw new PaddleRefused("not_found");
      await call(() => paddle.customers.update(customerId, { email }));
    },

    async ping() {
      await call(() => paddle.products.list({ perPage: 1 }).next());
    },
  };
}

function summary(transaction: Transaction): PaddleTransaction {
  const userId = (transaction.customData as Record<string, unknown> | null)?.["user_id"];
  const lastPayment = transaction.payments[0];
  return {
    id: transaction.id,
    status: transaction.status,
    origin: transaction.origin,
    subscriptionId: transaction.subscriptionId,
    customerId: transaction.customerId,
    userId: typeof userId === "string" ? userId : null,
    checkoutUrl: transaction.checkout?.url ?? null,
    paymentError: lastPayment?.status === "error" ? lastPayment.errorCode ?? "unknown" : null,
  };
}
