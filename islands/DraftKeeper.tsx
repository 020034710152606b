import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode DraftKeeper}. */
export interface DraftKeeperProps {
  /** Id of the form whose fields are kept. */
  readonly form: string;
  readonly saved: string;
  /** What to say while there is no line. */
  readonly offline: string;
}

/** How long after the last key a draft is stored, in milliseconds. */
const PAUSE = 1_500;

/**
 * Stores a draft while it is written, and keeps a form on the screen while the line is lost: sent
 * then, it would be gone for an error page.
 */
export default function DraftKeeper({ form: id, saved, offline }: DraftKeeperProps) {
  const [said, setSaid] = useState("");

  useEffect(() => {
    const form = document.getElementById(id);
    if (!(form instanceof HTMLFormElement)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stored = "";
    let leaving = false;

    const fields = () => {
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string") body.set(name, value);
      }
      body.set("then", "stay");
      return body.toString();
    };
    async function store(keepalive = false) {
      clearTimeout(timer);
      const body = fields();
      if (body === stored || leaving) return;
      try {
        const answer = await fetch(form?.getAttribute("action") ?? "", {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            accept: "application/json",
          },
          body,
          keepalive,
          redirect: "manual",
        });
        if (!answer.ok) return;
        stored = body;
        setSaid(saved);
      } catch {
        setSaid(offline);
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
      clearTimeout(timer);
      form.removeEventListener("input", onInput);
      form.removeEventListener("submit", onSubmit, { capture: true });
      document.removeEventListener("visibilitychange", onHide);
      removeEventListener("online", onOnline);
      removeEventListener("pageshow", onShow);
    };
  }, []);

  return <p class="fine draft-state" role="status" data-testid="draft-state">{said}</p>;
}
