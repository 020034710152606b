/** Tells an open page that something new is on its claim, by server-sent events. */
import { type Context, HttpError } from "fresh";
import { readClaimMark } from "@core/claims/claim_store.ts";
import type { State } from "../utils.ts";
import { isUuid } from "./links.ts";
import { readViewer } from "./viewer.ts";

/** Pause between two signs of life, in milliseconds: proxies close what is silent. */
const HEARTBEAT = 25_000;
/** Longest life of a stream; the page then asks anew, with whatever session it has. */
const AT_MOST = 10 * 60_000;
/** Changes that come within this time are told as one. */
const TOGETHER = 150;
/** Streams of one process; beyond it pages are told to come back later. */
const STREAMS = 2_000;

let streams = 0;

/**
 * A stream of `changed` events about a claim. They carry nothing: the page asks for what it shows, as
 * the person who looks at it. Whether that person may see the claim, and whether anything of what
 * they may see has changed, is asked of the database at the start and at every change; an internal
 * note makes no sound in a member's page.
 *
 * @param ctx The request; `?since=` is the mark that the page was made with.
 * @param claimId The claim.
 * @throws {HttpError} 404 if there is no such claim for this person, 503 if there are too many streams.
 */
export async function liveClaim(ctx: Context<State>, claimId: string): Promise<Response> {
  const { state, url, req } = ctx;
  const { services, session, requestId } = state;
  if (!isUuid(claimId) || session === null) throw new HttpError(404);
  const id = claimId.toLowerCase();

  const person = session;
  async function currentMark(): Promise<string | null> {
    const [viewer, mark] = await state.db((tx) =>
      Promise.all([readViewer(tx, person), readClaimMark(tx, id)])
    );
    return viewer === null ? null : mark;
  }

  const first = await currentMark();
  if (first === null) throw new HttpError(404);
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  };
  if (req.method === "HEAD") return new Response(null, { headers });
  if (streams >= STREAMS) throw new HttpError(503);

  let known = url.searchParams.get("since");
  let close = () => {};
  const body = new ReadableStream<string>({
    start(controller) {
      streams++;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let looking = false;
      let again = false;
      let open = true;

      const send = (text: string) => open && controller.enqueue(text);
      const tell = (mark: string) => {
        if (mark === known) return;
        known = mark;
        send("event: changed\ndata:\n\n");
      };
      async function look(): Promise<void> {
        timer = undefined;
        if (looking) {
          again = true;
          return;
        }
        looking = true;
        try {
          const mark = await currentMark();
          if (mark === null) return end();
          tell(mark);
        } catch (error) {
          services.log.warn("a live page lost the database", { requestId, error });
          end();
        } finally {
          looking = false;
          if (again && open) soon();
          again = false;
        }
      }
      const soon = () => timer ??= setTimeout(look, TOGETHER);
      const unwatch = services.claimFeed.watch(id, soon);
      const beat = setInterval(() => send(": \n\n"), HEARTBEAT);
      const left = person.expiresAt * 1000 - services.clock.now();
      const life = setTimeout(() => end(), Math.min(AT_MOST, Math.max(0, left)));

      close = () => {
        if (!open) return;
        open = false;
        streams--;
        unwatch();
        clearInterval(beat);
        clearTimeout(life);
        clearTimeout(timer);
      };
      function end(): void {
        if (!open) return;
        close();
        controller.close();
      }

      send("retry: 3000\n\n");
      tell(first);
      // What happened between the first look and the beginning of the watch.
      soon();
    },
    cancel: () => close(),
  });
  return new Response(body.pipeThrough(new TextEncoderStream()), { headers });
}
