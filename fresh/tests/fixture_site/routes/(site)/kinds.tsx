import { define } from "../../define.ts";
import GrowList from "../../islands/grow-list.tsx";
import Kinds from "../../islands/Kinds.tsx";

export default define.page(() => {
  const shared = { n: 1 };
  return (
    <div id="kinds-page">
      <Kinds
        date={new Date("2024-05-06T07:08:09Z")}
        url={new URL("https://example.com/path")}
        map={new Map([["a", shared]])}
        set={new Set([7n])}
        bytes={new Uint8Array([1, 2, 255])}
        missing={undefined}
        shared={shared}
      />
      <GrowList name="left" />
      <GrowList name="right" />
    </div>
  );
});
