/** Paddle's side of a storm: signs, sends, and repeats what was not answered with 200. */
import { createHmac } from "node:crypto";
import type { Random } from "./random.ts";

/** One delivery that is to be made. */
export interface Delivery {
  readonly body: string;
  /** Signed with a wrong secret; it has to be refused. */
  readonly isForged: boolean;
}

/** How deliveries are made. */
export interface SenderOptions {
  /** Where the function is served; each delivery goes to one of them. */
  readonly urls: readonly string[];
  readonly secret: string;
  /** How many deliveries are on their way at once. */
  readonly connections: number;
  readonly random: Random;
  /** Told after every answer how many of the deliveries are done. */
  readonly onProgress: (done: number) => void;
  /** The storm is over, finished or not, after this long. */
  readonly deadlineMilliseconds: number;
}

/** What became of the deliveries. */
export interface SenderReport {
  /** Answers by status or, for forged deliveries, `forged <status>`; `none` where there was none. */
  readonly answers: Readonly<Record<string, number>>;
  /** Results of deliveries answered with 200. */
  readonly results: Readonly<Record<string, number>>;
  /** Deliveries that were never answered as they have to be. */
  readonly lost: readonly string[];
  readonly milliseconds: number;
}

/** Paddle waits this long for an answer. */
const PATIENCE_MILLISECONDS = 5_000;
/** Paddle repeats a delivery this often. */
const MOST_TRIES = 60;

interface Waiting extends Delivery {
  readonly tries: number;
  readonly notBefore: number;
}

/**
 * Makes deliveries in the given order; repeats come in between, later and later.
 *
 * @param deliveries What to send.
 * @param options Where to, how, and how long.
 * @returns What became of them.
 */
export async function sendAll(
  deliveries: readonly Delivery[],
  options: SenderOptions,
): Promise<SenderReport> {
  const { random } = options;
  const began = performance.now();
  const answers: Record<string, number> = {};
  const results: Record<string, number> = {};
  const lost: string[] = [];
  const repeats: Waiting[] = [];
  let next = 0;
  let done = 0;

  function take(): Waiting | number | undefined {
    const now = performance.now();
    const due = repeats.findIndex(({ notBefore }) => notBefore <= now);
    if (due !== -1) return repeats.splice(due, 1)[0];
    const fresh = deliveries[next];
    if (fresh !== undefined) {
      next++;
      return { ...fresh, tries: 0, notBefore: 0 };
    }
    return done === deliveries.length ? undefined : 20;
  }

  async function work(): Promise<void> {
    for (;;) {
      const delivery = take();
      if (delivery === undefined) return;
      if (performance.now() - began > options.deadlineMilliseconds) return;
      if (typeof delivery === "number") {
        await new Promise((wake) => setTimeout(wake, delivery));
        continue;
      }
      const { status, result } = await send(delivery, random.pick(options.urls), options);
      const key = delivery.isForged ? `forged ${status}` : String(status);
      answers[key] = (answers[key] ?? 0) + 1;
      if (isAnswered(delivery, status)) {
        if (!delivery.isForged) results[result] = (results[result] ?? 0) + 1;
        options.onProgress(++done);
        continue;
      }
      const tries = delivery.tries + 1;
      if (tries === MOST_TRIES || isWrong(delivery, status)) {
        lost.push(`${key} ${result}: ${delivery.body.slice(0, 120)}`);
        options.onProgress(++done);
        continue;
      }
      const pause = Math.min(2_000, 40 * 2 ** tries) * (0.5 + random.next());
      repeats.push({ ...delivery, tries, notBefore: performance.now() + pause });
    }
  }

  await Promise.all(Array.from({ length: options.connections }, work));
  for (let missing = deliveries.length - done; missing > 0; missing--) lost.push("out of time");
  return { answers, results, lost, milliseconds: performance.now() - began };
}

/** A forged delivery is done with when it is refused, by its signature or for being one too many. */
function isAnswered(delivery: Delivery, status: number | "none"): boolean {
  return delivery.isForged ? status === 401 || status === 429 : status === 200;
}

/** What may never be answered: a forgery accepted, a genuine delivery refused for good. */
function isWrong(delivery: Delivery, status: number | "none"): boolean {
  if (status === "none" || status >= 500) return false;
  return delivery.isForged || status >= 400;
}

async function send(
  { body, isForged }: Delivery,
  url: string,
  { secret, random }: SenderOptions,
): Promise<{ status: number | "none"; result: string }> {
  const signature = sign(body, isForged ? `${secret}x` : secret);
  // Forgers come from anywhere; the limit on their tries is kept for each address.
  const from = isForged ? `203.0.113.${random.whole(1, 20)}` : "198.51.100.7";
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "paddle-signature": signature,
        "x-forwarded-for": from,
      },
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    const json = await response.json();
    return { status: response.status, result: json.result ?? json.error?.code ?? "" };
  } catch {
    // Refused, cut off or too late: to Paddle it is all the same.
    return { status: "none", result: "" };
  }
}

/**
 * `Paddle-Signature` of a body.
 *
 * @param body The body.
 * @param secret The secret.
 * @returns The header's value for now.
 */
export function sign(body: string, secret: string): string {
  const ts = Math.floor(Date.now() / 1000);
  return `ts=${ts};h1=${createHmac("sha256", secret).update(`${ts}:${body}`).digest("hex")}`;
}
