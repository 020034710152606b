/** Sends what is due, in batches, until nothing is due or the time is over. */
import type { Clock } from "@core/platform/clock.ts";
import type { Database, Transaction } from "@core/platform/database.ts";
import { type Instant, instantAt } from "@core/platform/instant.ts";
import type { Mailer, MailOutcome } from "@core/platform/mailer.ts";
import type { Batch, BatchMaker } from "./batch.ts";
import { hasDueMail, takeBatch } from "./batch_store.ts";
import { MAIL_KINDS, MAIL_TEMPLATES, type MailKind } from "./mails/templates.ts";
import { NO_PAUSES, type Pauses } from "./paused.ts";
import { markSent, putBack, refuseMail, repeatLater, splitBatch } from "./settle_store.ts";
import { whyNot } from "./why_not.ts";

/** What sending needs. */
export interface SendDeps extends BatchMaker {
  readonly db: Database;
  readonly clock: Clock;
  readonly mailer: Mailer;
  /** Calls a second, over all processes. */
  readonly maxRps: number;
}

/** Limits of one run. */
export interface SendOptions {
  /** Which kinds of mail. */
  readonly kinds: readonly MailKind[];
  /** Longest that a run starts new work, in milliseconds. */
  readonly budget: number;
  /** Which mails wait because a switch says so; asked before each batch. */
  readonly pauses?: () => Promise<Pauses>;
}

/** What a run did. */
export interface SendCounts {
  readonly [kind: string]: number;
  readonly sent: number;
  /** Not wanted any more, or to an address that is refused. */
  readonly skipped: number;
  /** Ended without being sent; a person has to look. */
  readonly failed: number;
  /** Tried and to be tried again. */
  readonly deferred: number;
}

/** So many calls without an answer one after the other, and the run leaves Resend alone. */
const MAX_TROUBLES = 3;
/** Hosted functions have two seconds of processor time a request; the rest of it goes elsewhere. */
const MAX_WORKING = 1_000;
/** What is not set up right is not set up right a second later. */
const MISCONFIGURED_HOLD = 300_000;
const ROLE = "service_cron";

/**
 * Sends what is due. Any number of runs may be at it at once: they share the work and the pace.
 *
 * @param deps Database, clock, Resend and what mails are made with.
 * @param options Which mails, and for how long.
 * @returns How many mails ended how.
 * @throws {DatabaseUnavailable} If the database went away; the next run goes on.
 */
export async function sendDue(deps: SendDeps, options: SendOptions): Promise<SendCounts> {
  const { db, clock } = deps;
  const end = clock.now() + options.budget;
  const counts = { sent: 0, skipped: 0, failed: 0, deferred: 0 };
  let troubles = 0;
  let working = 0;
  while (clock.now() < end && troubles < MAX_TROUBLES && working < MAX_WORKING) {
    const at = instantOf(clock);
    const pauses = await options.pauses?.() ?? NO_PAUSES;
    const templates = MAIL_TEMPLATES.filter((one) =>
      options.kinds.includes(MAIL_KINDS[one]) && !pauses.kinds.includes(MAIL_KINDS[one])
    );
    if (!await db.asService(ROLE, (tx) => hasDueMail(tx, templates, at, pauses.held))) break;
    const wait = await takeTurn(db, deps.maxRps);
    if (clock.now() + wait >= end) break;
    await clock.wait(wait);
    const taken = await db.asService(
      ROLE,
      (tx) => takeBatch(tx, deps, templates, instantOf(clock), pauses.held),
    );
    counts.sent += taken.sent;
    counts.skipped += taken.skipped;
    counts.failed += taken.failed;
    working += taken.working;
    const { batch } = taken;
    if (batch === null) continue;
    const outcome = await deps.mailer.sendBatch(
      batch.mails.map(({ outgoing }) => outgoing),
      `batch/${batch.id}`,
    );
    const settled = await db.asService(
      ROLE,
      (tx) => settle(tx, batch, outcome, instantOf(clock)),
    );
    for (const name of ["sent", "skipped", "failed", "deferred"] as const) {
      counts[name] += settled[name] ?? 0;
    }
    troubles = outcome.kind === "unknown" ? troubles + 1 : 0;
  }
  return counts;
}

/** Waits in line for a call to Resend; a transaction of its own, as others wait for it. */
async function takeTurn(db: Database, rps: number): Promise<number> {
  const [turn] = await db.asService(
    ROLE,
    (tx) => tx<{ wait: number }[]>`select private.take_mail_slot(${rps}) as wait`,
  );
  return turn?.wait ?? 0;
}

async function settle(
  tx: Transaction,
  batch: Batch,
  outcome: MailOutcome,
  at: Instant,
): Promise<Partial<SendCounts>> {
  const deferred = batch.mails.length;
  switch (outcome.kind) {
    case "accepted":
      return { sent: await markSent(tx, batch, outcome.ids, null, at) };
    case "accepted_before":
      return { sent: await markSent(tx, batch, [], whyNot("accepted_before"), at) };
    case "unknown":
      await repeatLater(tx, batch, whyNot("provider_unavailable", outcome.code), at);
      return { deferred };
    case "held":
      await putBack(tx, batch, whyNot("provider_limit", outcome.code), at);
      await holdMails(tx, outcome.milliseconds);
      return { deferred };
    case "misconfigured": {
      const detail = `${outcome.code}: ${outcome.message}`;
      await putBack(tx, batch, whyNot("misconfigured", detail), at);
      await holdMails(tx, MISCONFIGURED_HOLD);
      return { deferred };
    }
    case "refused": {
      if (batch.mails.length > 1) {
        await splitBatch(tx, batch, whyNot("refused", `${outcome.code}: ${outcome.message}`), at);
        return {};
      }
      const ended = await refuseMail(tx, batch, outcome, at);
      return ended === "not_ours" ? {} : { [ended]: 1 };
    }
  }
}

/** Nobody calls Resend before that, in whichever process. */
async function holdMails(tx: Transaction, milliseconds: number): Promise<void> {
  await tx`select private.hold_mails(${Math.ceil(milliseconds)})`;
}

function instantOf(clock: Clock): Instant {
  return instantAt(clock.now());
}
