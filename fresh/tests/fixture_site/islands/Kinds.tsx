import { useEffect, useState } from "preact/hooks";
import { asset, IS_BROWSER } from "fresh/runtime";

interface Props {
  date: Date;
  url: URL;
  map: Map<string, { n: number }>;
  set: Set<bigint>;
  bytes: Uint8Array;
  missing: undefined;
  shared: { n: number };
}

/** Tells what it got, once it runs in the browser. */
export default function Kinds(props: Props) {
  const [found, setFound] = useState("");
  useEffect(() => {
    const { date, url, map, set, bytes, shared } = props;
    setFound([
      IS_BROWSER,
      date instanceof Date && date.toISOString(),
      url instanceof URL && url.hostname,
      map.get("a") === shared,
      set.has(7n),
      bytes instanceof Uint8Array && bytes.join("-"),
      "missing" in props && props.missing === undefined,
      asset("/styles.css").startsWith("/styles.css?__frsh_c="),
    ].join());
  }, []);
  return <output id="kinds">{found}</output>;
}
