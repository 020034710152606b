/** Is the audit log sealed, are documents where they should be, and do we keep our promises. */
import type { OperationsReport } from "../report_store.ts";
import { type CheckResult, type Finding, odd, well, wrong } from "./check.ts";

const MINUTE = 60_000;
/** The job seals every ten minutes; three rounds may be missed. */
const UNSEALED_FOR = 40 * MINUTE;
/** It compares a part each time, all of a long log within days. */
const UNVERIFIED_FOR = 3 * 24 * 60 * MINUTE;

/**
 * Whether what happened is sealed, and what is sealed was compared.
 *
 * @param report The figures.
 * @param now The time.
 */
export function audit({ audit: seen, jobs }: OperationsReport, now: number): Finding {
  const facts = { sealed: seen.position, unsealed: seen.unsealed };
  const job = jobs.find((one) => one.job === "audit");
  if (job?.error !== null && job?.error !== undefined && /audit_broken|broken/i.test(job.error)) {
    return wrong("audit_broken", { facts, detail: job.error, since: job.failed_at });
  }
  // Where nobody is to call the job nothing is sealed.
  if (job?.watched === false) return well({ facts, since: seen.sealed_at });
  const { "unsealed_since": waiting, "verified_at": verified } = seen;
  if (waiting !== null && now - Date.parse(waiting) > UNSEALED_FOR) {
    return wrong("audit_unsealed", { facts, since: waiting });
  }
  if (seen.position > 0 && (verified === null || now - Date.parse(verified) > UNVERIFIED_FOR)) {
    return odd("audit_unverified", { facts, since: verified });
  }
  return well({ facts, since: seen.sealed_at });
}

/** Whether the newest documents have their files. */
export function documents({ documents: seen }: OperationsReport): Finding {
  const facts = { "looked_at": seen.looked_at, missing: seen.without_file };
  return seen.without_file === 0
    ? well({ facts })
    : wrong("files_missing", { facts, since: seen.since });
}

/** One check for each promise of docs/SLOS.md. */
export function promiseChecks({ slos }: OperationsReport): CheckResult[] {
  return slos.map((slo) => ({ id: `slo-${slo.slo}`, section: "slos", ...promiseCheck(slo) }));
}

function promiseCheck(slo: OperationsReport["slos"][number]): Finding {
  const facts: Record<string, string | number> = { target: percent(slo.target), total: slo.total };
  if (slo.success !== null) facts["success"] = percent(slo.success);
  if (slo.p95_ms !== null) facts["p95"] = slo.p95_ms;
  for (const window of ["5m", "1h", "6h", "3d"] as const) {
    const burn = slo[`burn_${window}`];
    if (burn !== null) facts[`burn_${window}`] = burn;
  }
  if (slo.alert === "fast") return wrong("burn_fast", { facts });
  return slo.alert === "slow" ? odd("burn_slow", { facts }) : well({ facts });
}

/** `99.95 %`, as exact as the promise. */
function percent(share: number): string {
  return `${Number((Math.floor(share * 100_000) / 1_000).toFixed(3))} %`;
}

/**
 * Which switches are on.
 *
 * @param report The figures.
 * @param tenantId Whose are told of besides those for all; of every country if null.
 */
export function switches({ flags }: OperationsReport, tenantId: string | null): Finding {
  const told = flags.filter(({ "tenant_id": tenant }) =>
    tenantId === null || tenant === null || tenant === tenantId
  );
  const facts = { on: told.length };
  if (told.length === 0) return well({ facts });
  const named = told.map(({ key, "tenant_id": tenant }) =>
    tenant === null ? key : `${key} (${tenant})`
  );
  const since = told.map((flag) => flag.since).sort()[0] ?? null;
  return odd("switches_on", { facts, detail: named.join(", "), since });
}
