const longestMs = 120_000;

/**
 * Keeps a request waiting, as a dead provider does.
 *
 * @param gone Aborted when the caller gives up.
 * @param stopping Aborted when the inbox stops.
 * @returns 504, once nobody waits for it any more or after two minutes.
 */
export async function hang(gone: AbortSignal, stopping: AbortSignal): Promise<Response> {
  const over = AbortSignal.any([gone, stopping]);
  if (!over.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, longestMs);
    over.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
  return new Response(null, { status: 504 });
}
