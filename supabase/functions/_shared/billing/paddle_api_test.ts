import assert from "node:assert/strict";
import { PaddleRefused, PaddleUnavailable } from "@core/platform/errors.ts";
import { connectPaddle, type PaddleApi } from "./paddle_api.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

const transaction = {
  id: "txn_01abc",
  status: "ready",
  origin: "api",
  "customer_id": null,
  "subscription_id": null,
  "custom_data": { "user_id": "u-1", "tenant_id": "ks" },
  "currency_code": "EUR",
  items: [],
  payments: [],
  checkout: { url: "http://localhost:8000/sq/checkout?_ptxn=txn_01abc" },
};
const refusal = (status: number, type: string, code: string) =>
  Response.json({ error: { type, code, detail: "…", "documentation_url": "" } }, { status });

/** Runs `work` against a Paddle that answers as told and remembers what it was asked. */
async function withPaddle(
  answer: (asked: Asked) => Response | Promise<Response>,
  work: (paddle: PaddleApi, asked: Asked[]) => Promise<void>,
  timeout = 1_000,
) {
  const asked: Asked[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const one = {
        method: request.method,
        path: pathname + search,
        authorization: request.headers.get("authorization"),
        body: text === "" ? null : JSON.parse(text),
      };
      asked.push(one);
      return await answer(one);
    },
  );
  const apiUrl = `http://127.0.0.1:${server.addr.port}`;
  const env = { apiKey: "pdl_key", environment: "local", apiUrl } as const;
  try {
    await work(connectPaddle(env, { timeout }), asked);
  } finally {
    await server.shutdown();
  }
}

Deno.test("createCheckout() asks for a transaction in Paddle's shape", async () => {
  await withPaddle(() => Response.json({ data: transaction }), async (paddle, asked) => {
    const checkout = await paddle.createCheckout({
      priceId: "pri_1",
      userId: "u-1",
      tenantId: "ks",
      refCode: "ANA",
      customerId: "ctm_1",
      checkoutUrl: "http://localhost:8000/sq/checkout",
    });
    assert.deepEqual(checkout, {
      transactionId: "txn_01abc",
      url: "http://localhost:8000/sq/checkout?_ptxn=txn_01abc",
    });
    assert.deepEqual(asked, [{
      method: "POST",
      path: "/transactions",
      authorization: "bearer pdl_key",
      body: {
        items: [{ "price_id": "pri_1", quantity: 1 }],
        "custom_data": { "user_id": "u-1", "tenant_id": "ks", "ref_code": "ANA" },
        "customer_id": "ctm_1",
        "collection_mode": "automatic",
        checkout: { url: "http://localhost:8000/sq/checkout" },
      },
    }]);
  });
});

Deno.test("createCheckout() leaves out what is not given", async () => {
  await withPaddle(() => Response.json({ data: transaction }), async (paddle, asked) => {
    await paddle.createCheckout({
      priceId: "p",
      userId: "u",
      tenantId: "ks",
      checkoutUrl: "http://x",
    });
    const body = asked[0]?.body as Record<string, unknown>;
    assert.deepEqual(body["custom_data"], { "user_id": "u", "tenant_id": "ks" });
    assert.equal("customer_id" in body, false);
  });
});

Deno.test("readTransaction() says where a checkout stands", async () => {
  await withPaddle(() => Response.json({ data: transaction }), async (paddle, asked) => {
    assert.deepEqual(await paddle.readTransaction("txn_01abc"), {
      id: "txn_01abc",
      status: "ready",
      origin: "api",
      subscriptionId: null,
      customerId: null,
      userId: "u-1",
      checkoutUrl: "http://localhost:8000/sq/checkout?_ptxn=txn_01abc",
      paymentError: null,
    });
    assert.equal(asked[0]?.path, "/transactions/txn_01abc");
  });
});

Deno.test("readTransaction() tells of the newest failed payment only", async () => {
  const failed = {
    "payment_attempt_id": "1",
    amount: "2000",
    status: "error",
    "error_code": "declined",
  };
  const captured = { ...failed, status: "captured", "error_code": null };
  for (
    const [payments, expected] of [[[failed], "declined"], [[captured, failed], null]] as const
  ) {
    await withPaddle(
      () => Response.json({ data: { ...transaction, payments } }),
      async (paddle) => {
        assert.equal((await paddle.readTransaction("txn_01abc"))?.paymentError, expected);
      },
    );
  }
});

Deno.test("readTransaction() is null for an id that Paddle does not have, or cannot have", async () => {
  await withPaddle(
    () => refusal(404, "request_error", "not_found"),
    async (paddle, asked) => {
      assert.equal(await paddle.readTransaction("txn_01nothing"), null);
      assert.equal(asked.length, 1);
      for (const id of ["", "sub_01abc", "txn_", "txn_../customers", "txn_1?x=1", "TXN_1"]) {
        assert.equal(await paddle.readTransaction(id), null);
      }
      assert.equal(asked.length, 1);
    },
  );
});

Deno.test("findOrCreateCustomer() finds a customer who exists", async () => {
  await withPaddle(
    ({ method }) =>
      method === "POST" ? refusal(409, "request_error", "customer_already_exists") : Response.json({
        data: [{ id: "ctm_1", email: "a+b@example.test", name: null, status: "active" }],
        meta: { pagination: { "has_more": false, next: "", "per_page": 1, "estimated_total": 1 } },
      }),
    async (paddle, asked) => {
      const order = { email: "a+b@example.test", name: "Ana" };
      assert.equal(await paddle.findOrCreateCustomer(order), "ctm_1");
      assert.deepEqual(asked[0]?.body, order);
      const query = new URL(asked[1]?.path ?? "", "http://x").searchParams;
      assert.equal(query.get("email"), "a+b@example.test");
    },
  );
});

Deno.test("findOrCreateCustomer() makes a new customer", async () => {
  await withPaddle(
    () => Response.json({ data: { id: "ctm_2", email: "a@example.test" } }),
    async (paddle) => {
      assert.equal(await paddle.findOrCreateCustomer({ email: "a@example.test" }), "ctm_2");
    },
  );
});

Deno.test("Paddle's refusals are PaddleRefused, with Paddle's code", async () => {
  await withPaddle(
    () => refusal(403, "request_error", "forbidden"),
    (paddle) =>
      assert.rejects(
        paddle.ping(),
        (error) => error instanceof PaddleRefused && error.paddleCode === "forbidden",
      ),
  );
});

Deno.test("overload, failures and nonsense are PaddleUnavailable", async () => {
  for (
    const answer of [
      () => refusal(500, "api_error", "internal_error"),
      () => refusal(429, "request_error", "too_many_requests"),
      () => new Response("<html>Bad gateway</html>", { status: 502 }),
      () => new Response(null, { status: 204 }),
      () => Response.json({ data: { ...transaction, checkout: null } }),
    ]
  ) {
    await withPaddle(answer, (paddle) =>
      assert.rejects(
        paddle.createCheckout({
          priceId: "p",
          userId: "u",
          tenantId: "ks",
          checkoutUrl: "http://x",
        }),
        PaddleUnavailable,
      ));
  }
});

Deno.test("a Paddle that does not answer is PaddleUnavailable after the time limit", async () => {
  const gate = Promise.withResolvers<void>();
  await withPaddle(
    () => gate.promise.then(() => Response.json({ data: transaction })),
    async (paddle) => {
      const started = performance.now();
      await assert.rejects(paddle.readTransaction("txn_01abc"), PaddleUnavailable);
      assert.ok(performance.now() - started < 1_000);
      gate.resolve();
    },
    100,
  );
});

Deno.test("a Paddle that is not there is PaddleUnavailable", async () => {
  const paddle = connectPaddle({ apiKey: "k", environment: "local", apiUrl: "http://127.0.0.1:1" });
  await assert.rejects(paddle.ping(), PaddleUnavailable);
});

const subscription = (scheduled: unknown = null) => ({
  id: "sub_01abc",
  status: "active",
  "customer_id": "ctm_01",
  "next_billed_at": scheduled === null ? "2027-03-01T12:00:00Z" : null,
  "scheduled_change": scheduled,
  "billing_cycle": { interval: "year", frequency: 1 },
  items: [],
});

Deno.test("cancelNow() ends a subscription without waiting, changeCustomerAddress() moves one", async () => {
  await withPaddle(
    ({ path }) =>
      Response.json({
        data: path.startsWith("/customers")
          ? { id: "ctm_01abc", email: "new@example.test" }
          : { ...subscription(), status: "canceled" },
      }),
    async (paddle, asked) => {
      assert.equal((await paddle.cancelNow("sub_01abc")).status, "canceled");
      await paddle.changeCustomerAddress("ctm_01abc", "new@example.test");
      await assert.rejects(paddle.cancelNow("sub_01abc/../x"), TypeError);
      await assert.rejects(paddle.changeCustomerAddress("ctm_../x", "x@y.test"), PaddleRefused);
      assert.deepEqual(asked.map(({ method, path, body }) => [method, path, body]), [
        ["POST", "/subscriptions/sub_01abc/cancel", { "effective_from": "immediately" }],
        ["PATCH", "/customers/ctm_01abc", { email: "new@example.test" }],
      ]);
    },
  );
});

Deno.test("cancelAtPeriodEnd() lets the period run out, withdrawScheduledChange() takes it back", async () => {
  const change = { action: "cancel", "effective_at": "2027-03-01T12:00:00Z", "resume_at": null };
  await withPaddle(
    ({ method }) => Response.json({ data: subscription(method === "POST" ? change : null) }),
    async (paddle, asked) => {
      assert.deepEqual(await paddle.cancelAtPeriodEnd("sub_01abc"), {
        id: "sub_01abc",
        status: "active",
        nextBilledAt: null,
        scheduledAction: "cancel",
        scheduledAt: "2027-03-01T12:00:00Z",
      });
      assert.equal((await paddle.withdrawScheduledChange("sub_01abc")).scheduledAction, null);
      assert.deepEqual(asked.map(({ method, path, body }) => [method, path, body]), [
        ["POST", "/subscriptions/sub_01abc/cancel", { "effective_from": "next_billing_period" }],
        ["PATCH", "/subscriptions/sub_01abc", { "scheduled_change": null }],
      ]);
    },
  );
});

Deno.test("paymentMethodCheckout() leads to where a card is given", async () => {
  await withPaddle(() => Response.json({ data: transaction }), async (paddle, asked) => {
    assert.equal(await paddle.paymentMethodCheckout("sub_01abc"), transaction.checkout.url);
    assert.equal(asked[0]?.path, "/subscriptions/sub_01abc/update-payment-method-transaction");
  });
});

Deno.test("invoiceLink() is null where Paddle has no invoice", async () => {
  const url = "https://invoices.example.test/1";
  await withPaddle(() => Response.json({ data: { url } }), async (paddle) => {
    assert.equal(await paddle.invoiceLink("txn_01abc"), url);
  });
  await withPaddle(
    () => refusal(404, "request_error", "transaction_invoice_not_found"),
    async (paddle) => assert.equal(await paddle.invoiceLink("txn_01abc"), null),
  );
});

Deno.test("calls about subscriptions say why they failed, and take no other ids", async () => {
  await withPaddle(
    () => refusal(400, "request_error", "subscription_locked_pending_changes"),
    async (paddle) => {
      await assert.rejects(paddle.cancelAtPeriodEnd("sub_01abc"), PaddleRefused);
    },
  );
  await withPaddle(
    () => refusal(500, "api_error", "internal_error"),
    async (paddle) => {
      await assert.rejects(paddle.withdrawScheduledChange("sub_01abc"), PaddleUnavailable);
      await assert.rejects(paddle.paymentMethodCheckout("sub_01abc"), PaddleUnavailable);
    },
  );
  await withPaddle(() => Response.json({ data: {} }), async (paddle, asked) => {
    for (const id of ["sub_../../customers", "txn_01abc", "", "sub_01abc?x"]) {
      await assert.rejects(paddle.cancelAtPeriodEnd(id), TypeError);
    }
    assert.equal(asked.length, 0);
  });
});
