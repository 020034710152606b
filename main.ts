/**
 * The site: reads its environment, connects, and hands the application to Fresh.
 *
 * @module
 */
import { EnvError, readSiteEnv, type SiteEnv } from "@core/platform/env.ts";
import { createSite } from "./site/app.ts";
import { connectServices } from "./site/services.ts";

/** The site's environment; a missing or malformed variable ends the program with one line. */
function readEnv(): SiteEnv {
  try {
    return readSiteEnv(Deno.env.toObject());
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n`));
    Deno.exit(1);
  }
}

/** The application. */
export const app = createSite(connectServices(readEnv()));
