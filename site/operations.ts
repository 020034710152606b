/** What the page Operations shows: the checks, as the functions make them, and what the site knows. */
import { z } from "zod";
import { type CheckResult, wrong } from "@core/operations/checks/check.ts";
import { sqlState } from "@core/platform/database.ts";
import { type FlagRow, readFlags, setFlag } from "@core/platform/flag_store.ts";
import { FLAG_KEYS, type FlagKey, isPerTenant } from "@core/platform/flags.ts";
import type { State } from "../utils.ts";
import { viewerOf } from "./guards.ts";

/** Longest wait for the checks, in milliseconds: some of them wait for others. */
const PATIENCE = 20_000;

const Checks = z.object({
  at: z.string(),
  checks: z.array(z.object({
    id: z.string(),
    section: z.string(),
    state: z.enum(["ok", "warn", "fail", "unknown"]),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    detail: z.string().nullable(),
    cause: z.string().nullable(),
    since: z.string().nullable(),
  })),
});

/** Which of the checks say what the page is to begin with. */
const ORDER: readonly CheckResult["state"][] = ["fail", "warn", "unknown", "ok"];

/** The checks for the page. */
export interface SeenChecks {
  readonly at: Date;
  /** The worst comes first. */
  readonly checks: readonly CheckResult[];
}

/**
 * Has the checks made, in the name of the signed-in administrator.
 *
 * @param state The request's state.
 * @returns What was found; one failed check if the functions do not answer.
 */
export async function readChecks(state: State): Promise<SeenChecks> {
  const { services, accessToken, requestId } = state;
  const { env, clock, log } = services;
  try {
    const answer = await fetch(`${env.supabaseUrl}/functions/v1/health/checks`, {
      headers: {
        apikey: env.supabasePublishableKey,
        authorization: `Bearer ${accessToken}`,
        "x-request-id": requestId,
      },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(`the functions answered ${answer.status}`);
    const { at, checks } = Checks.parse(await answer.json());
    const found = (checks as CheckResult[]).map((check) =>
      withSite(check, env.defaultPublicTenant)
    );
    return { at: new Date(at), checks: sorted(found) };
  } catch (error) {
    log.warn("the checks could not be made", { requestId, error });
    const lost = { id: "health", section: "triage-checklist", ...wrong("functions_away") } as const;
    return { at: new Date(clock.now()), checks: [lost] };
  }
}

/** The site has a variable of its own for the country of a host that names none. */
function withSite(check: CheckResult, named: string): CheckResult {
  if (check.id !== "default-tenant" || check.facts["database"] === named) return check;
  const facts = { ...check.facts, site: named };
  return {
    ...check,
    ...wrong("default_tenant_differs", { facts, detail: "DEFAULT_PUBLIC_TENANT" }),
  };
}

function sorted(checks: readonly CheckResult[]): CheckResult[] {
  return checks.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
}

/** A switch as the page shows it. */
export interface SwitchState {
  readonly key: FlagKey;
  /** Where it is on; null stands for all countries. */
  readonly on: readonly FlagRow[];
  /** Where the viewer may switch it; null stands for all countries. */
  readonly scopes: readonly (string | null)[];
}

/**
 * The switches, and where the viewer may turn them.
 *
 * @param state The request's state, of an administrator.
 * @param tenantIds Every country, for super administrators.
 */
export async function readSwitches(
  state: State,
  tenantIds: readonly string[],
): Promise<SwitchState[]> {
  const rows = await state.db((tx) => readFlags(tx));
  const { role, tenantId } = viewerOf(state);
  return FLAG_KEYS.map((key) => {
    const own = role === "super_admin" ? [null, ...tenantIds] : [tenantId];
    const scopes = own.filter((scope) => scope === null || isPerTenant(key));
    return { key, on: rows.filter((row) => row.key === key && row.enabled), scopes };
  });
}

/** A wish from the page. */
export const SwitchForm = z.object({
  key: z.enum(FLAG_KEYS),
  tenant: z.string().max(40),
  to: z.enum(["on", "off"]),
  note: z.string().trim().max(500).default(""),
});

/**
 * Turns a switch.
 *
 * @param state The request's state.
 * @param form What is wished.
 * @returns Whether the database let it happen.
 */
export async function turnSwitch(state: State, form: z.infer<typeof SwitchForm>): Promise<boolean> {
  const { key, to } = form;
  const tenantId = form.tenant === "" ? null : form.tenant;
  const note = form.note === "" ? null : form.note;
  try {
    await state.db((tx) => setFlag(tx, { key, tenantId, enabled: to === "on", note }));
    return true;
  } catch (error) {
    // Not theirs to switch, no such country, or one that is for all only.
    if (["42501", "23503", "23514"].includes(sqlState(error) ?? "")) return false;
    throw error;
  }
}
