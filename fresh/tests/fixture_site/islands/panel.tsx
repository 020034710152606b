import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export function Panel(
  { id, heading, children }: {
    id: string;
    heading: ComponentChildren;
    children: ComponentChildren;
  },
) {
  const isOpen = useSignal(false);
  return (
    <section>
      <h2>{heading}</h2>
      <button type="button" id={id} onClick={() => isOpen.value = !isOpen.value}>
        {isOpen.value ? "Close" : "Open"}
      </button>
      {isOpen.value && <div class="content">{children}</div>}
    </section>
  );
}
