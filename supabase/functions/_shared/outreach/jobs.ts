/** The jobs that write to members, by the name under which pg_cron calls them. */
import { type Flags, noFlags } from "@core/platform/flags.ts";
import type { RunCounts } from "@core/platform/cron_runs.ts";
import type { Database } from "@core/platform/database.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { instantAt } from "@core/platform/instant.ts";
import { connectMailer } from "@core/platform/mailer.ts";
import { enqueueDunning } from "./enqueue_dunning.ts";
import { enqueueLifecycle } from "./enqueue_lifecycle.ts";
import type { LookLimits } from "./look_around.ts";
import { createLinkCodes } from "./mail_links.ts";
import type { MailKind } from "./mails/templates.ts";
import { isPaused, readPauses } from "./paused.ts";
import { type SendDeps, sendDue } from "./send_due.ts";

/** A job; it may be run at any time, twice, or side by side with itself. */
export type OutreachJob = () => Promise<RunCounts>;

const KINDS: readonly MailKind[] = ["dunning", "engagement", "nps", "transactional"];

/**
 * Makes the jobs. What each enqueues it sends itself, as far as the time goes; `mails` sends whatever
 * is left, each minute.
 *
 * @param deps Environment, database and clock.
 * @param budget Longest that a run starts new work, in milliseconds.
 * @returns `dunning`, `engagement`, `nps` and `mails`.
 */
export function createOutreachJobs(
  deps: Pick<FunctionDeps, "env" | "db" | "clock"> & { readonly flags?: Flags },
  budget: number,
): Readonly<Record<"dunning" | "engagement" | "nps" | "mails", OutreachJob>> {
  const { db, clock, flags = noFlags } = deps;
  const sending = sendDeps(deps);
  const pauses = () => readPauses(flags);

  function run(
    kinds: readonly MailKind[],
    enqueue?: (limits: LookLimits) => Promise<RunCounts>,
  ) {
    return async (): Promise<RunCounts> => {
      const end = clock.now() + budget;
      // What is paused for all countries is not begun; what is due meanwhile is due afterwards.
      if (isPaused(await pauses(), kinds)) return { paused: 1 };
      const enqueued = await enqueue?.({ clock, budget });
      const left = Math.max(end - clock.now(), 0);
      const counts = await sendDue(sending, { kinds, budget: left, pauses });
      return { ...enqueued, ...counts };
    };
  }
  const lifecycle = async (limits: LookLimits) => ({
    enqueued: await enqueueLifecycle(db, limits),
  });
  return {
    dunning: run(["dunning"], async (limits) => ({ ...await enqueueDunning(db, limits) })),
    engagement: run(["engagement"], lifecycle),
    nps: run(["nps"], lifecycle),
    mails: run(KINDS),
  };
}

/**
 * What sending needs, from what a function has.
 *
 * @param deps Environment, database and clock.
 */
export function sendDeps({ env, db, clock }: Pick<FunctionDeps, "env" | "db" | "clock">): SendDeps {
  return {
    db,
    clock,
    mailer: connectMailer(env.mail),
    maxRps: env.mail.maxRps,
    siteUrl: env.siteUrl,
    from: env.mail.from,
    codes: createLinkCodes(env.cronSecrets),
  };
}

const PRUNED_AT_ONCE = 1_000;

/**
 * Empties what old mails said and deletes what is only of use for a while, until nothing old is left
 * or the time is over.
 *
 * @param db The database.
 * @param limits The clock, and for how long.
 * @returns How much was pruned.
 */
export async function pruneMails(
  db: Database,
  { clock, budget }: LookLimits,
): Promise<{ readonly mails: number; readonly mailEvents: number; readonly batches: number }> {
  const end = clock.now() + budget;
  const total = { mails: 0, mailEvents: 0, batches: 0 };
  for (let more = true; more && clock.now() < end;) {
    const at = instantAt(clock.now());
    const [pruned] = await db.asService(
      "service_cron",
      (tx) =>
        tx<{ emptied: number; events: number; batches: number }[]>`
        select emptied, events, batches
        from private.prune_mails(${PRUNED_AT_ONCE}, ${at}::timestamptz)`,
    );
    total.mails += pruned?.emptied ?? 0;
    total.mailEvents += pruned?.events ?? 0;
    total.batches += pruned?.batches ?? 0;
    more = pruned !== undefined && pruned.emptied + pruned.events + pruned.batches > 0;
  }
  return total;
}
