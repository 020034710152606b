import { csrf } from "fresh";
import { sameOriginOnly } from "../../site/same_origin.ts";
import { standsOnKey } from "../../site/secret_addresses.ts";
import { obeySwitches } from "../../site/switches.ts";
import { leadHome, reportErrors, resolveVisit } from "../../site/visit.ts";
import { define, type State } from "../../utils.ts";

export default define.middleware([
  reportErrors(),
  resolveVisit(),
  obeySwitches(),
  leadHome(),
  csrf<State>({ origin: isOwnOrigin }),
  sameOriginOnly(),
]);

/**
 * Our own address, with https where something before us ends TLS. Pages that must not be named to others
 * (`no-referrer`) make browsers send `null`; who has their key needs no other site to use it.
 */
function isOwnOrigin(origin: string, { url }: { readonly url: URL }): boolean {
  if (origin === "null" && standsOnKey(url)) return true;
  return origin === url.origin || origin === `https://${url.host}`;
}
