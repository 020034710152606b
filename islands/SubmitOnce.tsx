import { useEffect, useRef, useState } from "preact/hooks";

/** Props of {@linkcode SubmitOnce}. */
export interface SubmitOnceProps {
  /** What the button says. */
  readonly text: string;
  /** What it says while the form is on its way. */
  readonly busyText: string;
  /** Classes of the button. */
  readonly class: string;
  /** Name for tests. */
  readonly testId?: string;
}

/**
 * A form's submit button that takes one press. Without JavaScript it is a plain button, and the
 * server copes with a second press.
 */
export default function SubmitOnce({ text, busyText, class: name, testId }: SubmitOnceProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    const form = button.current?.form;
    if (!form) return;
    let sent = false;
    const onSubmit = (event: SubmitEvent) => {
      if (sent) event.preventDefault();
      sent = true;
      setBusy(true);
    };
    // Coming back by the browser's back button shows the page as it was left.
    const onShow = () => {
      sent = false;
      setBusy(false);
    };
    form.addEventListener("submit", onSubmit);
    addEventListener("pageshow", onShow);
    return () => {
      form.removeEventListener("submit", onSubmit);
      removeEventListener("pageshow", onShow);
    };
  }, []);

  return (
    <button
      ref={button}
      type="submit"
      class={name}
      aria-disabled={busy ? "true" : undefined}
      data-testid={testId}
    >
      {busy ? busyText : text}
    </button>
  );
}
