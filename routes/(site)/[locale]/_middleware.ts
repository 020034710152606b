import { HttpError } from "fresh";
import { isLocale } from "@core/platform/i18n.ts";
import { define } from "../../../utils.ts";

/** Only the site's languages stand at the beginning of a path. */
export default define.middleware((ctx) => {
  if (!isLocale(ctx.params["locale"])) throw new HttpError(404);
  return ctx.next();
});
