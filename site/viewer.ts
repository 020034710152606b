/** The signed-in person. */
import type { Session } from "@core/identity/session.ts";
import { isRole, type Role } from "@core/identity/roles.ts";
import type { Transaction } from "@core/platform/database.ts";
import { isLocale, type Locale } from "@core/platform/i18n.ts";

/** A person's profile, as far as every page of theirs needs it. */
export interface Viewer {
  /** `auth.users.id`. */
  readonly id: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly branchId: string | null;
  readonly email: string;
  readonly fullName: string | null;
  readonly locale: Locale | null;
  /** `MEM-YYYY-NNNNNN`; members only. */
  readonly memberNumber: string | null;
  readonly referralCode: string | null;
  /** Since when mails to the address come back; null while all is well. */
  readonly emailUndeliverableAt: Date | null;
  /** The day on which they are forgotten, as they asked; null for most. */
  readonly deletionDueAt: Date | null;
  readonly createdAt: Date;
}

interface ProfileRow {
  readonly id: string;
  readonly tenantId: string;
  readonly role: string;
  readonly branchId: string | null;
  readonly email: string;
  readonly fullName: string | null;
  readonly locale: string | null;
  readonly memberNumber: string | null;
  readonly referralCode: string | null;
  readonly emailUndeliverableAt: Date | null;
  readonly deletionDueAt: Date | null;
  readonly createdAt: Date;
}

/**
 * The profile of a signed-in person.
 *
 * @param tx A transaction in that person's name.
 * @param session What their verified token says. A token outlives a session that was ended by a
 * logout elsewhere, a new password or a ban, so the database is asked whether this one still lives.
 * @returns The profile, or null if there is none, it was switched off or the session has ended.
 */
export async function readViewer(
  tx: Transaction,
  session: Pick<Session, "userId" | "sessionId">,
): Promise<Viewer | null> {
  const [row] = await tx<ProfileRow[]>`
    select id, tenant_id, role, branch_id, email, full_name, locale, member_number,
           referral_code, email_undeliverable_at, created_at,
           (
             select due_at from public.privacy_requests
             where user_id = ${session.userId} and kind = 'deletion' and status = 'pending'
           ) as deletion_due_at
    from public.profiles
    where id = ${session.userId} and is_active
      and private.session_lives(${session.sessionId}::uuid)`;
  if (row === undefined || !isRole(row.role)) return null;
  return { ...row, role: row.role, locale: isLocale(row.locale) ? row.locale : null };
}

/** How to address a person: the full name, else the part of the mail address before the @. */
export function displayName(viewer: Pick<Viewer, "fullName" | "email">): string {
  return viewer.fullName?.trim() || viewer.email.split("@")[0] || viewer.email;
}

/** Up to two initials, for the round badge of the account menu. */
export function initials(name: string): string {
  const words = name.split(/[\s.\-_]+/).filter((word) => /\p{L}/u.test(word));
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return picked.map((word) => [...word ?? ""][0] ?? "").join("").toLocaleUpperCase();
}
