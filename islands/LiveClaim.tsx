import { useEffect, useState } from "preact/hooks";
import { refreshLive } from "../components/claims/live_refresh.ts";

/** Props of {@linkcode LiveClaim}. */
export interface LiveClaimProps {
  /** Stream of `changed` events about the claim. */
  readonly url: string;
  /** Mark of what the page shows; the page's thread carries it on as `data-live-mark`. */
  readonly mark: string;
  /** What to say when something new was taken in. */
  readonly changed: string;
  /** What to say when the line is lost for longer. */
  readonly lost: string;
  /** Name of the link that loads the page anew. */
  readonly reload: string;
}

/** First pause before the stream is asked for again, in milliseconds; each further one doubles. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** So many tries in a row fail before the page says so. */
const PATIENCE = 4;

/**
 * Keeps an open page of a claim up to date: waits for news, asks for the page, and swaps what changed.
 * A page that nobody looks at waits for nothing.
 */
export default function LiveClaim({ url, mark: first, changed, lost, reload }: LiveClaimProps) {
  const [said, setSaid] = useState("");
  const [isLost, setLost] = useState(false);

  useEffect(() => {
    let mark = first;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    let refreshing: Promise<void> | undefined;
    let asked = false;

    const pause = () =>
      Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE) * (0.5 + Math.random());

    function disconnect() {
      clearTimeout(timer);
      source?.close();
      source = undefined;
    }
    function connect() {
      disconnect();
      if (document.visibilityState === "hidden") return;
      source = new EventSource(`${url}?since=${encodeURIComponent(mark)}`);
      source.addEventListener("open", () => {
        failures = 0;
        setLost(false);
      });
      source.addEventListener("changed", refresh);
      source.addEventListener("error", () => {
        // The browser would try again at a fixed pace, and never after an answer that says no.
        disconnect();
        failures++;
        if (failures >= PATIENCE) setLost(true);
        timer = setTimeout(connect, pause());
      });
    }
    function refresh() {
      asked = refreshing !== undefined;
      refreshing ??= takeIn().catch(() => setLost(true)).finally(() => {
        refreshing = undefined;
        if (asked) refresh();
      });
    }
    async function takeIn() {
      const added = await refreshLive();
      mark = document.querySelector("[data-live-mark]")?.getAttribute("data-live-mark") ?? mark;
      setLost(false);
      // Emptied first: the same words twice would not be read out again.
      setSaid("");
      if (added > 0) setTimeout(() => setSaid(changed), 50);
    }

    const onVisible = () => document.visibilityState === "hidden" ? disconnect() : connect();
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("pagehide", disconnect);
    addEventListener("pageshow", connect);
    addEventListener("online", connect);
    connect();
    return () => {
      disconnect();
      document.removeEventListener("visibilitychange", onVisible);
      removeEventListener("pagehide", disconnect);
      removeEventListener("pageshow", connect);
      removeEventListener("online", connect);
    };
  }, []);

  return (
    <div class="live" data-testid="live">
      <p role="status" class="fine">{said}</p>
      {isLost && (
        <p class="fine">
          {lost}{" "}
          <a href="" onClick={(event) => (event.preventDefault(), location.reload())}>{reload}</a>
        </p>
      )}
    </div>
  );
}
