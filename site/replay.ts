/** Has events tried again: marks them as due, audited by the database, and wakes whoever does it. */
import type { State } from "../utils.ts";

/** Longest wait for the function, in milliseconds: the sweep comes by within a minute anyway. */
const PATIENCE = 10_000;

/**
 * Replays events in the name of the signed-in administrator.
 *
 * @param state The request's state.
 * @param ids Events; at most 500.
 * @returns How many of them were still waiting for it.
 */
export async function replayEvents(
  state: Pick<State, "db" | "services" | "accessToken" | "requestId">,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const due = await state.db((tx) =>
    tx<{ id: string }[]>`
      select id from public.replay_webhook_events(${[...ids]}::uuid[]) as replayed (id)`
  );
  if (due.length > 0) await wake(state);
  return due.length;
}

/** Asks the webhook function to look at what is due now. If it does not hear us, the sweep will. */
async function wake(
  { services, accessToken, requestId }: Pick<State, "services" | "accessToken" | "requestId">,
): Promise<void> {
  const { env, log } = services;
  try {
    const answer = await fetch(`${env.supabaseUrl}/functions/v1/paddle-webhook/replay`, {
      method: "POST",
      headers: {
        apikey: env.supabasePublishableKey,
        authorization: `Bearer ${accessToken}`,
        "x-request-id": requestId,
      },
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    if (!answer.ok) {
      log.warn("the replay was not taken up at once", { requestId, status: answer.status });
    }
  } catch (error) {
    log.warn("the replay was not taken up at once", { requestId, error });
  }
}
