/**
 * Who is who in the little world of the matrix, and which rows the words of `access.txt` mean.
 */
import { type Cell, ENDINGS, holderOf, HOLDERS, type Role } from "./declaration.ts";

/** A person or a service that asks. */
export interface Actor {
  readonly name: string;
  /** Column of the grid. */
  readonly role: Role;
  /** Role of the database. */
  readonly takes: string;
  readonly id: string | null;
  readonly tenant: string | null;
  readonly branch: string | null;
}

/** A row of the little world, and whose it is. */
export interface WorldRow {
  readonly tbl: string;
  readonly kind: string;
  readonly whose: string;
  readonly own: string | null;
  readonly tenant: string | null;
  readonly branch: string | null;
  readonly care: string | null;
  readonly place: string;
  readonly facts: Readonly<Record<string, string | null>>;
}

/** A person as `world.sql` made them. */
export interface WorldPerson {
  readonly name: string;
  readonly id: string;
  readonly tenant: string;
  readonly role: string;
  readonly branch: string | null;
}

const ROLE_OF: Readonly<Record<string, Role>> = {
  agent: "agent",
  staff: "staff",
  "branch_manager": "manager",
  "tenant_admin": "admin",
  "super_admin": "super",
};

const SERVICES = ["anon", "webhooks", "cron", "auth", "documents"] as const;

/** Everybody who asks: the people of the world, visitors and services. */
export function actorsOf(people: readonly WorldPerson[]): Actor[] {
  const nobody = { id: null, tenant: null, branch: null };
  return [
    ...SERVICES.map((role) => ({ name: role, role, takes: HOLDERS[holderOf(role)], ...nobody })),
    ...people.map((person): Actor => ({
      ...person,
      role: person.name === "locked" || person.name === "ended"
        ? "locked"
        : person.name.endsWith("lapsed")
        ? "lapsed"
        : ROLE_OF[person.role] ?? "member",
      takes: "authenticated",
    })),
  ];
}

/** Whether a word of a grid means this row to this actor. */
export function means(word: string, actor: Actor, row: WorldRow): boolean {
  switch (word) {
    case "all":
      return true;
    case "tenant":
      return row.tenant !== null && row.tenant === actor.tenant;
    case "branch":
      return row.branch !== null && row.branch === actor.branch;
    case "care":
      return row.care !== null && row.care === actor.id;
    case "own":
      return row.own !== null && row.own === actor.id;
    default:
      return false;
  }
}

/** How something ended, in one word. */
export function wordFor(outcome: string): string {
  if (outcome === "0") return "hidden";
  if (/^\d+$/.test(outcome)) return "yes";
  const state = outcome.slice(0, 5);
  if (state !== "42501") return ENDINGS[state] ?? state;
  if (/^42501 permission denied for (table|view|schema|function)/.test(outcome)) return "no right";
  return /row-level security/.test(outcome) ? "policy" : "rule";
}

/** How something should end, in the same words. */
export function wanted(cell: Cell, actor: Actor, row: WorldRow, beyond: string): string {
  if (!cell.right) return "no right";
  const part = cell.parts.find(({ reach }) => means(reach, actor, row));
  return part?.ending ?? beyond;
}
