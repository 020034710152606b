/** `GET /api/claims`: who may ask for which lists, and what an answer holds. */
import { z } from "zod";
import { CLAIM_STATUSES, type ClaimStatus } from "@core/claims/claim.ts";
import { type ClaimRow, EVERY_CLAIM } from "@core/claims/claim_list.ts";
import { type ClaimScope, listClaimsAt } from "@core/claims/claim_list_store.ts";
import { readQueueAt } from "@core/claims/queue_store.ts";
import type { Role } from "@core/identity/roles.ts";
import type { Transaction } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import type { Viewer } from "./viewer.ts";

/** The lists there are. */
export const SCOPES = ["member", "staff_queue", "staff_all", "agent", "admin"] as const;

type Scope = typeof SCOPES[number];

/** Who may ask for which; the policies decide again what is in them. */
const ALLOWED: Readonly<Record<Scope, readonly Role[]>> = {
  member: ["member"],
  "staff_queue": ["staff", "branch_manager", "tenant_admin", "super_admin"],
  "staff_all": ["staff", "branch_manager", "tenant_admin", "super_admin"],
  agent: ["agent"],
  admin: ["branch_manager", "tenant_admin", "super_admin"],
};

/** Most claims on a page, whatever is asked for. */
export const PER_PAGE_AT_MOST = 50;
const PER_PAGE = 20;
/** Pages beyond this are no pages that anyone turns to. */
const LAST_PAGE = 100_000;

const wholeNumber = (otherwise: number) =>
  z.string().regex(/^([1-9]\d{0,8})?$/).optional()
    .transform((digits) => digits ? Number(digits) : otherwise);

const Query = z.object({
  scope: z.enum(SCOPES),
  status: z.enum(CLAIM_STATUSES).or(z.literal("")).optional()
    .transform((status) => status || null),
  search: z.string().trim().max(100).optional()
    .refine((word) => !word || [...word].length >= 2)
    .transform((word) => word || null),
  page: wholeNumber(1).pipe(z.number().max(LAST_PAGE)),
  perPage: wholeNumber(PER_PAGE).transform((count) => Math.min(count, PER_PAGE_AT_MOST)),
});

/** What is asked for, checked. */
export interface ClaimsQuery {
  readonly scope: Scope;
  readonly status: ClaimStatus | null;
  readonly search: string | null;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
}

/** A page of claims as the contract has it. */
export interface ClaimsAnswer {
  readonly items: readonly ClaimItem[];
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
}

/** A claim in an answer; staff's own affairs only for staff. */
export type ClaimItem =
  & Pick<
    ClaimRow,
    | "id"
    | "claimNumber"
    | "title"
    | "company"
    | "category"
    | "status"
    | "statusReason"
    | "amountCents"
    | "currency"
    | "memberId"
    | "memberName"
    | "memberNumber"
    | "submittedAt"
    | "createdAt"
    | "updatedAt"
    | "unread"
  >
  & Partial<Pick<ClaimRow, "branchId" | "assignedTo" | "assigneeName" | "dueAt" | "dueKind">>;

/**
 * Checks a query.
 *
 * @param parameters Of the address.
 * @throws {AppError} `invalid_query` (400), naming what is wrong.
 */
export function readClaimsQuery(parameters: URLSearchParams): ClaimsQuery {
  const result = Query.safeParse(Object.fromEntries(
    [...parameters].map(([name, value]) => [name, value.replaceAll("\0", "")]),
  ));
  if (!result.success) {
    const name = String(result.error.issues[0]?.path[0] ?? "");
    const allowed: Readonly<Record<string, string>> = {
      scope: `one of ${SCOPES.join(", ")}`,
      status: `one of ${CLAIM_STATUSES.join(", ")}`,
      search: "2 to 100 characters",
      page: "a whole number from 1",
      perPage: `a whole number from 1 to ${PER_PAGE_AT_MOST}`,
    };
    throw new AppError({
      code: "invalid_query",
      status: 400,
      message: `The parameter "${name}" must be ${allowed[name]}.`,
    });
  }
  return result.data;
}

/**
 * Refuses a list to those whom it is not for.
 *
 * @throws {AppError} `scope_forbidden` (403).
 */
export function checkScope(role: Role, scope: Scope): void {
  if (ALLOWED[scope].includes(role)) return;
  throw new AppError({
    code: "scope_forbidden",
    status: 403,
    message: "This list is not for your role.",
  });
}

/**
 * Reads a page of claims.
 *
 * @param tx A transaction in the viewer's name.
 * @param viewer Who asks; {@linkcode checkScope} has let them pass.
 * @param query What is asked for.
 */
export async function readClaims(
  tx: Transaction,
  viewer: Viewer,
  query: ClaimsQuery,
): Promise<ClaimsAnswer> {
  const { scope, page, perPage } = query;
  const offset = (page - 1) * perPage;
  const filter = { ...EVERY_CLAIM, status: query.status, search: query.search };
  const { rows, total } = scope === "staff_queue"
    ? await readQueueAt(
      tx,
      { tenantId: viewer.tenantId, userId: viewer.id },
      filter,
      offset,
      perPage,
    )
    : await listClaimsAt(
      tx,
      scopeOf(viewer, scope),
      {
        ...filter,
        memberId: null,
        assignee: null,
        withDrafts: scope === "admin" || scope === "member",
      },
      offset,
      perPage,
    );
  const forStaff = scope !== "member" && scope !== "agent";
  return { items: rows.map((row) => itemOf(row, forStaff)), total, page, perPage };
}

function scopeOf(viewer: Viewer, scope: Exclude<Scope, "staff_queue">): ClaimScope {
  const { id, tenantId, branchId, role } = viewer;
  if (scope === "member") return { of: "member", tenantId, memberId: id };
  if (scope === "agent") return { of: "agent", tenantId, agentId: id };
  if (role === "super_admin") return { of: "everywhere" };
  return role === "branch_manager" && branchId !== null
    ? { of: "branch", tenantId, branchId }
    : { of: "tenant", tenantId };
}

function itemOf(row: ClaimRow, forStaff: boolean): ClaimItem {
  const { tenantId: _tenant, place: _place, ...item } = row;
  if (forStaff) return item;
  const {
    branchId: _branch,
    assignedTo: _to,
    assigneeName: _name,
    dueAt: _at,
    dueKind: _kind,
    ...own
  } = item;
  return own;
}
