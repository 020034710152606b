import { csrf } from "fresh";
import { sameOriginOnly } from "../../site/same_origin.ts";
import { reportErrors, resolveVisit } from "../../site/visit.ts";
import { define, type State } from "../../utils.ts";

export default define.middleware([
  reportErrors(),
  resolveVisit(),
  csrf<State>({ origin: isOwnOrigin }),
  sameOriginOnly(),
]);

/** Our own address, with https where something before us ends TLS. */
function isOwnOrigin(origin: string, { url }: { readonly url: URL }): boolean {
  return origin === url.origin || origin === `https://${url.host}`;
}
