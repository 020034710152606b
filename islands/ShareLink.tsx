import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode ShareLink}. */
export interface ShareLinkProps {
  readonly url: string;
  readonly title: string;
  readonly text: string;
  /** What the button says. */
  readonly label: string;
}

/** Hands a link to whatever the phone shares with. Where it cannot, there is no button. */
export default function ShareLink({ url, title, text, label }: ShareLinkProps) {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(typeof navigator.share === "function"), []);
  if (!ready) return <span />;
  const onClick = async () => {
    try {
      await navigator.share({ url, title, text });
    } catch (error) {
      // Whoever closes the phone's own window has changed their mind: nothing to tell.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  };
  return (
    <button type="button" class="button button-primary button-large" onClick={onClick}>
      {label}
    </button>
  );
}
