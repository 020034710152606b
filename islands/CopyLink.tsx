import { useEffect, useState } from "preact/hooks";

/** Props of {@linkcode CopyLink}. */
export interface CopyLinkProps {
  /** What is copied. */
  readonly text: string;
  readonly copy: string;
  readonly copied: string;
}

/** Copies a text. Without JavaScript there is no button, and the text can be marked by hand. */
export default function CopyLink({ text, copy, copied }: CopyLinkProps) {
  const [ready, setReady] = useState(false);
  const [done, setDone] = useState(false);
  useEffect(() => setReady("clipboard" in navigator), []);
  if (!ready) return <span />;
  const onClick = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 4_000);
  };
  return (
    <span class="copy">
      <button type="button" class="button button-secondary" onClick={onClick}>{copy}</button>
      <span role="status" class="fine">{done ? copied : ""}</span>
    </span>
  );
}
