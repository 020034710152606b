import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode QueueNews}. */
export interface QueueNewsProps {
  /** Answers how many claims came into the list since it was read. */
  readonly url: string;
  /** The list, to be read anew. */
  readonly href: string;
  readonly text: string;
  readonly show: string;
}

/** Pause between two looks, in milliseconds. */
const PAUSE = 20_000;

/**
 * Says that new claims have come into the open queue. The list itself stays as it is until it is
 * asked for: rows that move are rows that are missed. A page that nobody looks at asks for nothing.
 */
export default function QueueNews({ url, href, text, show }: QueueNewsProps) {
  const [isNew, setNew] = useState(false);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;

    async function look() {
      clearTimeout(timer);
      if (document.visibilityState === "hidden") return;
      const isOn = await ask(url, setNew).catch(() => true);
      clearTimeout(timer);
      if (isOn && !isOver) timer = setTimeout(look, PAUSE);
    }
    const onVisible = () => document.visibilityState === "hidden" ? clearTimeout(timer) : look();
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("online", look);
    timer = setTimeout(look, PAUSE);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
      removeEventListener("online", look);
    };
  }, []);

  return (
    <p class="queue-news" role="status" data-testid="queue-news">
      {isNew && (
        <span class="queue-news-words">
          {text} <a href={href}>{show}</a>
        </span>
      )}
    </p>
  );
}

/**
 * Asks once.
 *
 * @returns Whether to ask again: not after the session has ended, for the answer is a page then.
 */
async function ask(url: string, tell: (isNew: boolean) => void): Promise<boolean> {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (answer.redirected || answer.status === 401 || answer.status === 403) return false;
  if (answer.ok) {
    const { count } = await answer.json();
    tell(count > 0);
  }
  return true;
}
