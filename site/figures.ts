/**
 * Figures of the overview. What each one counts is said once, in `private.figures`
 * (20261127400100_figures.sql), and to readers by the texts `figures.<name>.meaning`.
 */
import type { Transaction } from "@core/platform/database.ts";
import { type NpsGroup } from "./nps_score.ts";
import { beginOf, type Period, PERIODS } from "./nps_results.ts";
import { oneOf, type Query } from "./query_fields.ts";
import type { BranchChoice } from "./branches.ts";
import type { TenantChoice } from "./chosen_tenant.ts";
import type { Viewer } from "./viewer.ts";

/** What the figures are about. */
export interface FigureScope {
  /** A country; null for all. */
  readonly tenant: string | null;
  /** A branch; null for all. */
  readonly branch: string | null;
  readonly period: Period;
}

/** A scope with what else the reader may choose. */
export interface ChosenScope extends FigureScope {
  /** Empty if there is no choice. */
  readonly tenants: readonly TenantChoice[];
  readonly branches: readonly BranchChoice[];
}

/** Every figure, by its name and part; what is not there is nought. */
export type Figures = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** One month of the trend. */
export interface FigureMonth {
  /** `YYYY-MM`. */
  readonly month: string;
  /** Memberships begun. */
  readonly begun: number;
  /** Claims sent. */
  readonly sent: number;
  /** Cents received. */
  readonly received: number;
}

/** What an agent brought. */
export interface AgentFigures {
  readonly agentId: string;
  readonly agentName: string;
  readonly branchName: string | null;
  readonly members: number;
  /** Members with access now. */
  readonly active: number;
  /** Memberships begun in the period. */
  readonly begun: number;
  readonly openClaims: number;
}

/**
 * What the figures are about, as the address says: a branch manager sees the own branch, whatever it
 * says.
 *
 * @param tx A transaction in the reader's name.
 * @param viewer The reader.
 * @param query The address' query.
 */
export async function figureScope(
  tx: Transaction,
  { role, tenantId, branchId }: Pick<Viewer, "role" | "tenantId" | "branchId">,
  query: Query,
): Promise<ChosenScope> {
  const period = oneOf(query, "period", PERIODS) ?? "year";
  if (role === "branch_manager") {
    return { tenant: tenantId, branch: branchId, period, tenants: [], branches: [] };
  }
  const tenants = role === "super_admin"
    ? await tx<TenantChoice[]>`select id, name from public.tenants order by is_active desc, name`
    : [];
  const asked = oneOf(query, "tenant", tenants.map(({ id }) => id));
  const tenant = role === "super_admin" ? asked : tenantId;
  const branches = tenant === null ? [] : await tx<BranchChoice[]>`
    select id, name from public.branches where tenant_id = ${tenant} order by is_active desc, name`;
  const branch = oneOf(query, "branch", branches.map(({ id }) => id));
  return { tenant, branch, period, tenants, branches };
}

/** A scope as it stands in an address; what goes without saying is left out. */
export function scopeQuery({ tenant, branch, period }: FigureScope, isSuper: boolean) {
  return { tenant: isSuper ? tenant : null, branch, period: period === "year" ? null : period };
}

/**
 * The figures of a scope.
 *
 * @param tx A transaction in the reader's name; the database decides what they may see.
 * @param scope What they are about.
 * @param now Milliseconds since 1970, the end of the period.
 */
export async function readFigures(
  tx: Transaction,
  { tenant, branch, period }: FigureScope,
  now: number,
): Promise<Figures> {
  const rows = await tx<{ figure: string; part: string; amount: number }[]>`
    select figure, part, amount
    from private.figures(
      ${tenant}::text, ${branch}::uuid,
      coalesce(${beginOf(period, now)}::timestamptz, '-infinity'), ${new Date(now)}::timestamptz
    )`;
  const figures = new Map<string, Map<string, number>>();
  for (const { figure, part, amount } of rows) {
    const parts = figures.get(figure) ?? new Map<string, number>();
    figures.set(figure, parts.set(part, Number(amount)));
  }
  return figures;
}

/**
 * Twelve months, the current one last.
 *
 * @param timeZone In which months begin.
 */
export async function readFigureMonths(
  tx: Transaction,
  { tenant, branch }: FigureScope,
  now: number,
  timeZone: string,
): Promise<FigureMonth[]> {
  const rows = await tx<FigureMonth[]>`
    select month, begun, sent, received
    from private.figures_by_month(
      ${tenant}::text, ${branch}::uuid, ${new Date(now)}::timestamptz, ${timeZone}
    )`;
  return rows.map((row) => ({
    month: row.month,
    begun: Number(row.begun),
    sent: Number(row.sent),
    received: Number(row.received),
  }));
}

/** What each agent brought, those with most members with access first. */
export async function readAgentFigures(
  tx: Transaction,
  { tenant, branch, period }: FigureScope,
  now: number,
): Promise<AgentFigures[]> {
  return await tx<AgentFigures[]>`
    select agent_id, agent_name, branch_name, members, active, begun, open_claims
    from private.figures_by_agent(
      ${tenant}::text, ${branch}::uuid,
      coalesce(${beginOf(period, now)}::timestamptz, '-infinity'), ${new Date(now)}::timestamptz
    )`;
}

/** One part of a figure. */
export function partOf(figures: Figures, figure: string, part = "all"): number {
  return figures.get(figure)?.get(part) ?? 0;
}

/** All parts of a figure together. */
export function sumOf(figures: Figures, figure: string): number {
  return [...figures.get(figure)?.values() ?? []].reduce((sum, amount) => sum + amount, 0);
}

/** Answers to the survey by group. */
export function npsGroups(figures: Figures): Readonly<Record<NpsGroup, number>> {
  return {
    promoters: partOf(figures, "nps", "promoters"),
    passives: partOf(figures, "nps", "passives"),
    detractors: partOf(figures, "nps", "detractors"),
  };
}
