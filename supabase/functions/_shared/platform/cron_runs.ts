/** Writes down that a job ran, how it ended and how much it did: rows of `cron_runs`. */
import type { Database } from "./database.ts";
import { AppError } from "./errors.ts";

/** How much a job did, by kind. */
export type RunCounts = Readonly<Record<string, number>>;

/**
 * Runs a job and writes down when it began and how it ended. One that dies leaves a row without an
 * end, which is seen.
 *
 * @param db The database.
 * @param job The job's name, for instance `webhooks`.
 * @param work The job.
 * @returns What the job counted.
 * @throws Whatever the job throws, after it was written down.
 */
export async function recordRun<Counts extends RunCounts>(
  db: Database,
  job: string,
  work: () => Promise<Counts>,
): Promise<Counts> {
  const id = crypto.randomUUID();
  await db.asService("service_cron", async (tx) => {
    await tx`insert into public.cron_runs (id, job) values (${id}, ${job})`;
  });
  try {
    const counts = await work();
    await db.asService("service_cron", async (tx) => {
      await tx`
        update public.cron_runs
        set finished_at = now(), result = 'ok', counts = ${tx.json(counts)}
        where id = ${id}`;
    });
    return counts;
  } catch (error) {
    await db.asService("service_cron", async (tx) => {
      await tx`
        update public.cron_runs
        set finished_at = now(), result = 'error', error = ${describe(error)}
        where id = ${id}`;
    });
    throw error;
  }
}

/** For the operator: what went wrong, without what PostgreSQL quotes from rows. */
function describe(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : "unknown error";
}
