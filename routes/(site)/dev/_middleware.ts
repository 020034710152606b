import { HttpError } from "fresh";
import { define } from "../../../utils.ts";

/** Pages for those who build the site; elsewhere they do not exist. */
export default define.middleware((ctx) => {
  const { appEnv } = ctx.state.services.env;
  if (appEnv !== "local" && appEnv !== "test") throw new HttpError(404);
  return ctx.next();
});
