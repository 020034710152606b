import type { Signal } from "@preact/signals";
import { step } from "../components/step.ts";

interface Props {
  id: string;
  count: Signal<number>;
  since: Date;
}

export default function Counter({ id, count, since }: Props) {
  return (
    <div id={id} class="counter">
      <output>{count}</output>
      <button type="button" onClick={() => count.value += step}>+</button>
      <time>{since.toISOString()}</time>
    </div>
  );
}
