import { IS_BROWSER } from "fresh/runtime";
import { useState } from "preact/hooks";

/** Grows at its end, where the next island begins. */
export default function GrowList({ name }: { name: string }) {
  const [items, setItems] = useState(["first"]);
  return (
    <>
      {items.map((item) => <span key={item} class={name}>{item}</span>)}
      <button type="button" id={name} onClick={() => setItems([...items, `item${items.length}`])}>
        {name}
      </button>
      {IS_BROWSER && <i class={name}>browser</i>}
      {items.length > 2 && <b class={name}>many</b>}
    </>
  );
}
