/** Tells an open page that something new is on its claim, by server-sent events. */
import { type Context, HttpError } from "fresh";
import { readClaimMark } from "@core/claims/claim_store.ts";
import type { State } from "../utils.ts";
import { isUuid } from "./links.ts";
import { takeTurns } from "./turns.ts";
import { readViewer } from "./viewer.ts";

/** Pause between two signs of life, in milliseconds: proxies close what is silent. */
const HEARTBEAT = 25_000;
/** Longest life of a stream; the page then asks anew, with whatever session it has. */
const AT_MOST = 10 * 60_000;
/** Changes that come within this time are told as one. */
const TOGETHER = 150;
/** Streams of one process; beyond it pages are told to come back later. */
const STREAMS = 2_000;
/** Streams of one person in one process: all their tabs and phones, and not everybody's streams. */
const STREAMS_EACH = 12;
/** Pages that look anew at the same time: whoever opens a page meanwhile needs the database, too. */
const LOOKS_AT_ONCE = 4;

let streams = 0;
const streamsOf = new Map<string, number>();
const inTurn = takeTurns(LOOKS_AT_ONCE);

function count(userId: string, change: 1 | -1): void {
  streams += change;
  const own = (streamsOf.get(userId) ?? 0) + change;
  if (own === 0) streamsOf.delete(userId);
  else streamsOf.set(userId, own);
}

/**
 * A stream of `changed` events about a claim. They carry nothing: the page asks for what it shows, as
 * the person who looks at it. Whether that person may see the claim, and whether anything of what
 * they may see has changed, is asked of the database at the start and at every change; an internal
 * note makes no sound in a member's page.
 *
 * @param ctx The request; `?since=` is the mark that the page was made with.
 * @param claimId The claim.
 * @throws {HttpError} 404 if there is no such claim for this person, 429 if they have too many streams,
 * 503 if everybody together has.
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
  if ((streamsOf.get(person.userId) ?? 0) >= STREAMS_EACH) throw new HttpError(429);
  if (streams >= STREAMS) throw new HttpError(503);

  let known = url.searchParams.get("since");
  let close = () => {};
  const body = new ReadableStream<string>({
    start(controller) {
      count(person.userId, 1);
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
          const mark = await inTurn(currentMark);
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
        count(person.userId, -1);
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
