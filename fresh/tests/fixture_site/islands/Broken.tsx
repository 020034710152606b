import { IS_BROWSER } from "fresh/runtime";

/** Works on the server only. */
export default function Broken() {
  if (IS_BROWSER) throw new Error("broken island");
  return <p>fine on the server</p>;
}
