import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode DraftKeeper}. */
export interface DraftKeeperProps {
  /** Id of the form whose fields are kept. */
  readonly form: string;
  readonly saved: string;
  /** What to say if something of it cannot be stored. */
  readonly unsaved: string;
  /** What to say while there is no line. */
  readonly offline: string;
}

/** How long after the last key a draft is stored, in milliseconds. */
const PAUSE = 1_500;
/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 20_000;
/** Browsers carry on with so many bytes when a page is closed, and refuse more. */
const KEPT_ALIVE = 60_000;

/**
 * Stores a draft while it is written, and keeps a form on the screen while the line is lost: sent
 * then, it would be gone for an error page.
 */
export default function DraftKeeper(props: DraftKeeperProps) {
  const { form: id, saved, unsaved, offline } = props;
  const [said, setSaid] = useState("");

  useEffect(() => {
    const form = document.getElementById(id);
    if (!(form instanceof HTMLFormElement)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stored = "";
    let leaving = false;
    let storing: AbortController | undefined;
    let again = false;

    const fields = () => {
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string") body.set(name, value);
      }
      body.set("then", "stay");
      return body.toString();
    };
    // One at a time, and none beside the form itself: an older text must not arrive last.
    async function store(isLast = false) {
      clearTimeout(timer);
      const body = fields();
      if (body === stored || leaving) return;
      if (storing !== undefined && !isLast) {
        again = true;
        return;
      }
      storing?.abort();
      const own = storing = new AbortController();
      const patience = setTimeout(() => own.abort(), PATIENCE);
      try {
        const answer = await fetch(form?.getAttribute("action") ?? "", {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            accept: "application/json",
          },
          body,
          keepalive: isLast && body.length < KEPT_ALIVE,
          redirect: "manual",
          signal: own.signal,
        });
        const isStored = answer.ok && (await answer.json()).unstored.length === 0;
        if (answer.ok) stored = body;
        if (fields() === body) setSaid(isStored ? saved : unsaved);
      } catch {
        if (storing === own && !leaving) setSaid(offline);
      } finally {
        clearTimeout(patience);
        if (storing === own) storing = undefined;
        if (again && storing === undefined) {
          again = false;
          store();
        }
      }
    }
    const onInput = () => {
      clearTimeout(timer);
      setSaid("");
      timer = setTimeout(store, PAUSE);
    };
    const onSubmit = (event: SubmitEvent) => {
      if (navigator.onLine) {
        leaving = true;
        clearTimeout(timer);
        storing?.abort();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      setSaid(offline);
    };
    const onHide = () => document.visibilityState === "hidden" && store(true);
    const onOnline = () => store();
    const onShow = () => leaving = false;

    stored = fields();
    form.addEventListener("input", onInput);
    form.addEventListener("submit", onSubmit, { capture: true });
    document.addEventListener("visibilitychange", onHide);
    addEventListener("online", onOnline);
    addEventListener("pageshow", onShow);
    return () => {
      leaving = true;
      clearTimeout(timer);
      storing?.abort();
      form.removeEventListener("input", onInput);
      form.removeEventListener("submit", onSubmit, { capture: true });
      document.removeEventListener("visibilitychange", onHide);
      removeEventListener("online", onOnline);
      removeEventListener("pageshow", onShow);
    };
  }, []);

  return <p class="fine draft-state" role="status" data-testid="draft-state">{said}</p>;
}
