/** What the site does while an operator's switch is on (ADR 0032). */
import { HttpError, type Middleware } from "fresh";
import { AppError, Stopped, toResponse } from "@core/platform/errors.ts";
import type { State } from "../utils.ts";

/** A switch that keeps a request from being answered. */
export type Stop = "maintenance" | "read_only";

/** Seconds after which it makes sense to come back. */
export const COME_BACK_AFTER = "300";

const READS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Pages that answer whatever is switched: who switched it off has to get in. */
const ALWAYS = /^\/[a-z]{2}\/(?:login|logout|admin\/ops)(?:\/|$)/;
/** What answers other programs: they would take a page for trouble, and events are not to be lost. */
const MACHINES = /^\/api\/(?:health|webhooks\/|cron\/)/;
/** A shared file is asked for with its PIN, which changes nothing. */
const PIN = /^\/api\/documents\/share\//;

/**
 * Which switch stops a request.
 *
 * @param state The request's: its tenant has to be known.
 * @param method HTTP method.
 * @param path Its path.
 * @param tenantId Whose switches count besides those for all.
 * @returns The switch, or null if it is to be answered.
 */
export async function stopOf(
  { services }: Pick<State, "services">,
  method: string,
  path: string,
  tenantId: string,
): Promise<Stop | null> {
  if (ALWAYS.test(path) || MACHINES.test(path)) return null;
  const { flags } = services;
  if (await flags.isOn("maintenance", tenantId)) return "maintenance";
  if (READS.includes(method) || PIN.test(path)) return null;
  return await flags.isOn("read_only", tenantId) ? "read_only" : null;
}

/** Shows a page instead of what was asked for; place it where the tenant is known. */
export function obeySwitches(): Middleware<State> {
  return async function obeySwitches(ctx) {
    const { state, req, url } = ctx;
    const stop = await stopOf(state, req.method, url.pathname, state.tenant.id);
    if (stop !== null) return refuse(state, stop);
    try {
      return await ctx.next();
    } catch (error) {
      // The database knows of a switch before we do.
      if (error instanceof Stopped && error.code === "read_only") return refuse(state, "read_only");
      throw error;
    }
  };
}

function refuse(state: State, stop: Stop): never {
  state.stop = stop;
  throw new HttpError(503, `stopped by the switch ${stop}`);
}

/** The same for addresses that answer programs. */
export function obeySwitchesAsJson(): Middleware<State> {
  return async function obeySwitchesAsJson(ctx) {
    const { state, req, url } = ctx;
    const { tenants } = state.services;
    // Before the database is asked for anything: while it is away, health has to answer.
    if (MACHINES.test(url.pathname)) return await ctx.next();
    const tenant = await tenants.byHost(req.headers.get("host") ?? url.host).catch(() => null);
    const stop = await stopOf(state, req.method, url.pathname, tenant?.id ?? "");
    if (stop === null) return await ctx.next();
    if (stop === "read_only") return toResponse(new Stopped(stop));
    return toResponse(
      new AppError({
        code: stop,
        status: 503,
        message: "The site is being worked on. Please try again later.",
        retryAfter: Number(COME_BACK_AFTER),
      }),
    );
  };
}
