import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode CheckoutWait}. */
export interface CheckoutWaitProps {
  /** Answers `{ "state": … }` about the purchase. */
  readonly statusUrl: string;
  /** Address of this page that says when the wait began, so that a reload does not forget it. */
  readonly again: string;
  /** When the wait began, in milliseconds since 1970. */
  readonly since: number;
  /** First pause between two looks, in milliseconds; each further one is half as long again. */
  readonly pollEvery: number;
  /** Longest pause. */
  readonly pollAtMost: number;
  /** After this long the page says that it takes longer than usual. */
  readonly slowAfter: number;
  /** What to say then, and at first. */
  readonly title: string;
  readonly text: string;
  readonly slowTitle: string;
  readonly slowText: string;
}

/** Waits for a payment to arrive and then shows the page anew. */
export default function CheckoutWait(props: CheckoutWaitProps) {
  const { statusUrl, since, pollEvery, pollAtMost, slowAfter } = props;
  const [slow, setSlow] = useState(false);

  useEffect(() => {
    history.replaceState(null, "", props.again);
    let timer: ReturnType<typeof setTimeout>;
    let pause = pollEvery;
    const look = async () => {
      setSlow(Date.now() - since > slowAfter);
      if (await hasChanged(statusUrl)) return location.reload();
      pause = Math.min(pause * 1.5, pollAtMost);
      timer = setTimeout(look, pause);
    };
    timer = setTimeout(look, pause);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div class="wait" role="status" aria-live="polite">
      <div class="wait-bridge" aria-hidden="true">
        <span />
        <span />
        <span />
        <span />
        <span />
      </div>
      <h1>{slow ? props.slowTitle : props.title}</h1>
      <p class="lead">{slow ? props.slowText : props.text}</p>
    </div>
  );
}

async function hasChanged(statusUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(statusUrl, { headers: { accept: "application/json" } });
    // Signed out meanwhile, or anything else that this page cannot tell: the server can.
    if (!answer.ok || answer.redirected) return answer.status < 500;
    const { state } = await answer.json() as { state?: unknown };
    return state !== "waiting" && state !== "unknown";
  } catch {
    // No line at the moment; the next look may find one.
    return false;
  }
}
