import { signal } from "@preact/signals";
import { define } from "../../define.ts";
import Broken from "../../islands/Broken.tsx";
import Counter from "../../islands/Counter.tsx";
import { Panel } from "../../islands/panel.tsx";

export default define.page(() => {
  const count = signal(3);
  return (
    <>
      <Broken />
      <Counter id="a" count={count} since={new Date("2024-05-06T07:08:09Z")} />
      <Counter id="b" count={count} since={new Date("2025-01-01T00:00:00Z")} />
      <Panel id="toggle" heading={<em>Heading</em>}>
        <p>
          Inside, with <a href="/islands">a link</a> and <input name="note" value="typed" />
        </p>
        <Counter id="c" count={count} since={new Date(0)} />
        <Panel id="inner" heading={<em>Inner heading</em>}>
          <p>Innermost</p>
        </Panel>
      </Panel>
    </>
  );
});
