import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export function Panel(
  { heading, children }: { heading: ComponentChildren; children: ComponentChildren },
) {
  const isOpen = useSignal(false);
  return (
    <section>
      <h2>{heading}</h2>
      <button type="button" id="toggle" onClick={() => isOpen.value = !isOpen.value}>
        {isOpen.value ? "Close" : "Open"}
      </button>
      {isOpen.value && <div id="content">{children}</div>}
    </section>
  );
}
