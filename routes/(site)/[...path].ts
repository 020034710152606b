import { HttpError } from "fresh";
import { define } from "../../utils.ts";

/** Whatever no other route answers. */
export const handler = define.handlers(() => {
  throw new HttpError(404);
});
