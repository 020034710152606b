/** Is the program set up as it should be: variables, tenant, time. */
import {
  EnvError,
  type EnvSource,
  type FunctionsEnv,
  readFunctionsEnv,
  readSiteEnv,
} from "@core/platform/env.ts";
import type { OperationsReport } from "../report_store.ts";
import { type Finding, odd, UNKNOWN, well, wrong } from "./check.ts";

/** Our clocks and PostgreSQL's may differ by so much, in milliseconds. */
const SKEW_ODD = 5_000;
/** Signatures are refused beyond five minutes; that is told before. */
const SKEW_WRONG = 60_000;

/**
 * Whether every variable is there and well-formed; names are told, never values.
 *
 * @param source The variables, those of site and functions together.
 */
export function environment(source: EnvSource): Finding {
  const problems = new Set<string>();
  for (const read of [readSiteEnv, readFunctionsEnv]) {
    try {
      read(source);
    } catch (error) {
      if (!(error instanceof EnvError)) throw error;
      problems.add(error.message);
    }
  }
  return problems.size === 0 ? well() : wrong("env_missing", { detail: [...problems].join("; ") });
}

/**
 * Whether Paddle's signatures are looked at.
 *
 * @param env The functions' environment; null if it is not whole.
 * @param source The variables, where they are at hand.
 */
export function bypass(env: FunctionsEnv | null, source: EnvSource | undefined): Finding {
  const detail = "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV";
  const asked = ["true", "1"].includes(source?.[detail]?.trim() ?? "");
  if (!asked && env?.paddleWebhook.bypassSignature !== true) return well();
  const appEnv = env?.appEnv ?? source?.["APP_ENV"] ?? "production";
  return ["local", "test"].includes(appEnv)
    ? odd("bypass_on", { detail })
    : wrong("bypass_on", { detail });
}

/**
 * Whether site and database mean the same country where none is named: signing up goes by the one,
 * pages by the other.
 */
export function defaultTenant(report: OperationsReport, named: string): Finding {
  const stored = report.default_tenant;
  const facts = { site: named, database: stored ?? "–" };
  return stored === named && report.default_tenant_active === true
    ? well({ facts })
    : wrong("default_tenant_differs", { facts, detail: "DEFAULT_PUBLIC_TENANT" });
}

/**
 * Whether all clocks say the same.
 *
 * @param clocks Times of the parts in milliseconds, by what they are; null where one is not known.
 */
export function clock(
  clocks: Readonly<Record<"here" | "database" | "functions", number | null>>,
): Finding {
  const { here, database, functions } = clocks;
  if (here === null || database === null) return UNKNOWN;
  const facts: Record<string, number> = { here: seconds(here - database) };
  let worst = Math.abs(here - database);
  if (functions !== null) {
    facts["functions"] = seconds(functions - database);
    worst = Math.max(worst, Math.abs(functions - database));
  }
  if (worst > SKEW_WRONG) return wrong("clock_skew", { facts });
  return worst > SKEW_ODD ? odd("clock_skew", { facts }) : well({ facts });
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1_000);
}
