import { Hono } from "hono";
import { eventsOf } from "./events.ts";
import { FaultRequest, Faults } from "./faults.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { type Mail, type Message, messageJson } from "./message.ts";
import { MessageStore } from "./message_store.ts";
import { inboxPages } from "./pages.tsx";
import { RequestRate } from "./rate_limit.ts";
import { checkKey, resendApi } from "./resend_api.ts";
import { ResendError } from "./resend_error.ts";
import { sameOrigin } from "./same_origin.ts";
import { WebhookDeliveries, type WebhookTarget } from "./webhook.ts";

/** How an inbox is set up. */
export interface InboxOptions {
  /** The key that senders must present as a bearer. */
  apiKey: string;
  /** File of JSON lines that keeps the mails over a restart; in memory only without it. */
  storePath?: string;
  /** Resend's limit per team, default 5; 0 switches it off. */
  requestsPerSecond?: number;
  /** Milliseconds since 1970, default `Date.now`. */
  now?: () => number;
  /** Numbers from 0 up to 1 for faults that strike by ratio, default `Math.random`. */
  random?: () => number;
  /** Where what becomes of mails is told; nowhere without it. */
  webhook?: WebhookTarget;
}

/** The least that a mail handed over inside the process needs. */
export type HandedOver = Pick<Mail, "from" | "subject"> & {
  to: string | string[];
  html?: string | undefined;
  text?: string | undefined;
  headers?: Record<string, string>;
  tags?: Mail["tags"];
};

/** An inbox without a port: hand requests to `fetch`. */
export interface Inbox {
  fetch(request: Request): Promise<Response>;
  /** The mails it holds. */
  messages: MessageStore;
  /** Its switchable faults. */
  faults: Faults;
  /**
   * Takes a mail from inside the process, past key, limit and faults. The local Auth service uses it.
   */
  deliver(mail: HandedOver): Promise<Message>;
  /** Resolves when every event was delivered or given up. */
  told(): Promise<void>;
  /** Ends requests that hang on purpose and waits for the file. */
  stop(): Promise<void>;
}

/**
 * Builds the stand-in of Resend: its API under `/emails`, the mails as JSON under `/api/messages`,
 * switchable faults under `/api/faults` and pages for people under `/`.
 *
 * @param options Key, file and limits.
 * @returns The inbox.
 */
export async function createInbox(options: InboxOptions): Promise<Inbox> {
  const now = options.now ?? Date.now;
  const requestsPerSecond = options.requestsPerSecond ?? 5;
  const store = await MessageStore.open(options.storePath ?? null);
  const faults = new Faults(options.random);
  const keys = new IdempotencyKeys(now);
  keys.restore(store.inOrder());
  const stopping = new AbortController();
  const deliveries = options.webhook && new WebhookDeliveries(options.webhook, Date.now);
  const tell = (messages: readonly Message[]) => {
    const at = new Date(now()).toISOString();
    for (const message of messages) deliveries?.enqueue(eventsOf(message, at));
  };

  const app = new Hono();
  app.route(
    "/emails",
    resendApi({
      apiKey: options.apiKey,
      requestsPerSecond,
      store,
      keys,
      rate: new RequestRate(requestsPerSecond, now),
      faults,
      now,
      tell,
      stopping: stopping.signal,
    }),
  );

  // Asked to see whether a key is known; the stand-in has no domains.
  app.get("/domains", (c) => {
    checkKey(c.req.header("authorization"), options.apiKey);
    return c.json({ object: "list", data: [] });
  });

  app.use(sameOrigin());
  app.get("/api/messages", (c) => c.json(store.list().map(messageJson)));
  app.get("/api/messages/:id", (c) => {
    const message = store.find(c.req.param("id"));
    if (message === undefined) throw new ResendError("not_found", "Message not found");
    return c.json(messageJson(message));
  });
  app.delete("/api/messages", async (c) => {
    await store.clear();
    return c.body(null, 204);
  });

  app.get("/api/faults", (c) => c.json(faults.active));
  app.post("/api/faults", async (c) => {
    const request = FaultRequest.safeParse(await c.req.json().catch(() => null));
    if (!request.success) {
      throw new ResendError("validation_error", request.error.issues[0]?.message ?? "Invalid");
    }
    faults.add(request.data);
    return c.json(faults.active, 201);
  });
  app.delete("/api/faults", (c) => {
    faults.clear();
    return c.body(null, 204);
  });

  app.route("/", inboxPages(store, faults));
  app.notFound(() =>
    new ResendError("not_found", "The requested endpoint does not exist").toResponse()
  );
  app.onError((error) => {
    if (error instanceof ResendError) return error.toResponse();
    return new ResendError("application_error", error.message).toResponse();
  });

  return {
    fetch: async (request) => await app.fetch(request),
    messages: store,
    faults,
    async deliver(mail) {
      const message: Message = {
        from: mail.from,
        to: [mail.to].flat(),
        cc: [],
        bcc: [],
        replyTo: [],
        subject: mail.subject,
        html: mail.html ?? null,
        text: mail.text ?? null,
        headers: mail.headers ?? {},
        tags: mail.tags ?? [],
        attachments: [],
        scheduledAt: null,
        id: crypto.randomUUID(),
        createdAt: new Date(now()).toISOString(),
        source: "auth",
        idempotencyKey: null,
        requestHash: null,
      };
      await store.add(message);
      tell([message]);
      return message;
    },
    told: async () => await deliveries?.settled(),
    async stop() {
      stopping.abort();
      await deliveries?.stop();
      await store.settled();
    },
  };
}
