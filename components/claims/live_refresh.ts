/** Asks for the open page again and takes in what changed. */
import { patchLive } from "./live_patch.ts";

/**
 * Refreshes the parts of the open page that are marked `data-live`.
 *
 * @returns How many entries of lists are new.
 * @throws If the page cannot be had.
 */
export async function refreshLive(): Promise<number> {
  const address = location.href.split("#", 1)[0] ?? location.href;
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(`the page answers ${answer.status}`);
  const newer = new DOMParser().parseFromString(await answer.text(), "text/html");
  return patchLive(document, newer);
}
