import { createPaddle, type PaddleSimulator } from "./app.ts";
import type { CataloguePlan } from "./entities/catalogue.ts";
import type { PaddleOptions } from "./options.ts";

/** Prices that the tests of the simulator sell. */
export const prices = {
  standard: "pri_01kb0000000000000000standa",
  family: "pri_01kb0000000000000000family",
};

/** Two plans of one tenant. */
export const plans: CataloguePlan[] = [
  {
    tenant: "ks",
    tier: "standard",
    name: "Standard",
    productId: "pro_01kb0000000000000000standa",
    priceId: prices.standard,
    amountCents: 2000,
    currency: "EUR",
    interval: "year",
  },
  {
    tenant: "ks",
    tier: "family",
    name: "Family",
    productId: "pro_01kb0000000000000000family",
    priceId: prices.family,
    amountCents: 3500,
    currency: "EUR",
    interval: "year",
  },
];

/** JSON that a test pokes at all depths. */
export type Json = ReturnType<typeof JSON.parse>;

/** What tests expect an event to look like on the wire. */
export interface WireEvent {
  "event_id": string;
  "event_type": string;
  "occurred_at": string;
  "notification_id": string;
  data: Json;
}

/** A simulator whose webhook is the test itself. */
export interface TestPaddle extends PaddleSimulator {
  /** What arrived, in order. */
  received: WireEvent[];
  /** The requests that brought it, bodies read. */
  requests: { headers: Headers; body: string; redirect: RequestRedirect }[];
  /** Answers the next deliveries, one each; 200 when there are none left. */
  answers: (number | "hang" | "refuse")[];
  /** Asks the simulator, as an API caller unless told otherwise. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: HeadersInit,
  ): Promise<{ status: number; json: Json }>;
  /** Types of what arrived, and forgets it. */
  drain(): Promise<string[]>;
}

/** The API key of {@link testPaddle}. */
export const apiKey = "pdl_test_apikey";

/**
 * Starts a simulator for one test.
 *
 * @param options What differs from the usual.
 */
export async function testPaddle(options: Partial<PaddleOptions> = {}): Promise<TestPaddle> {
  const received: WireEvent[] = [];
  const requests: TestPaddle["requests"] = [];
  const answers: TestPaddle["answers"] = [];
  const simulator = await createPaddle({
    apiKey,
    webhookUrl: "http://shop.test/webhook",
    webhookSecret: "pdl_ntfset_secret",
    siteUrl: "http://shop.test",
    publicUrl: "http://paddle.test",
    catalogue: plans,
    retrySchedule: [1, 1],
    timeoutMs: 30,
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = await request.text();
      requests.push({ headers: request.headers, body, redirect: request.redirect });
      const answer = answers.shift() ?? 200;
      if (answer === "refuse") throw new TypeError("connection refused");
      if (answer === "hang") {
        await new Promise((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        });
      }
      received.push(JSON.parse(body));
      return new Response("{}", { status: Number(answer) });
    },
    ...options,
  });
  return {
    ...simulator,
    received,
    requests,
    answers,
    async call(method, path, body, headers = { authorization: `Bearer ${apiKey}` }) {
      const response = await simulator.fetch(
        new Request(`http://paddle.test${path}`, {
          method,
          headers: { ...headers, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      const text = await response.text();
      return { status: response.status, json: text === "" ? null : JSON.parse(text) };
    },
    async drain() {
      await simulator.settled();
      return received.splice(0).map((event) => event.event_type);
    },
  };
}

/**
 * Buys a plan and forgets the events of it.
 *
 * @returns The ids of what came to be.
 */
export async function buy(paddle: TestPaddle, body: Record<string, unknown> = {}) {
  const { json } = await paddle.call("POST", "/sim/purchases", {
    price_id: prices.standard,
    email: "arta@example.com",
    custom_data: { user_id: "user-1", tenant_id: "ks" },
    ...body,
  });
  await paddle.drain();
  const { transaction } = json.data;
  return {
    transactionId: transaction.id as string,
    subscriptionId: transaction.subscription_id as string,
    customerId: transaction.customer_id as string,
  };
}
