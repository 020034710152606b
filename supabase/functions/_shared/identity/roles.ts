/** The roles a person can have, and the portal each one works in. */

/** Roles in `profiles.role`, from the least to the most rights. */
export const ROLES = [
  "member",
  "agent",
  "staff",
  "branch_manager",
  "tenant_admin",
  "super_admin",
] as const;

/** A person's role, as stored in `profiles.role`. */
export type Role = (typeof ROLES)[number];

/** A part of the site that belongs to certain roles. */
export type Portal = "member" | "agent" | "staff" | "admin";

const PORTAL_OF: Readonly<Record<Role, Portal>> = {
  "member": "member",
  "agent": "agent",
  "staff": "staff",
  "branch_manager": "admin",
  "tenant_admin": "admin",
  "super_admin": "admin",
};

const ROOT_OF: Readonly<Record<Portal, string>> = {
  member: "member",
  agent: "agent",
  staff: "staff/claims",
  admin: "admin/overview",
};

/**
 * Whether a text names a role.
 *
 * @param value Any text, for instance a form field.
 * @returns True if it is one of {@link ROLES}.
 */
export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}

/**
 * The portal in which a role works.
 *
 * @param role The person's role.
 * @returns The portal; managers and admins share one.
 */
export function portalOf(role: Role): Portal {
  return PORTAL_OF[role];
}

/**
 * The page on which a role lands after signing in, and to which a wrong role is sent back.
 *
 * @param role The person's role.
 * @param locale First segment of the path, for instance `sq`.
 * @returns A local path such as `/sq/staff/claims`.
 */
export function portalRoot(role: Role, locale: string): string {
  return `/${locale}/${ROOT_OF[PORTAL_OF[role]]}`;
}
