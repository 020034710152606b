/** What a person is told in the site, and how it is addressed. */
import { portalOf, type Role } from "../identity/roles.ts";
import type { ClaimStatus } from "./claim.ts";

/** Kinds of notification; each has words of its own. */
export const NOTIFICATION_TYPES = [
  "claim_submitted",
  "claim_status_changed",
  "claim_assigned",
  "new_message",
  "document_requested",
  "document_added",
  "sla_warning",
  "sla_breached",
] as const;

/** A kind of notification. */
export type NotificationType = typeof NOTIFICATION_TYPES[number];

/** Something that a person was told. */
export interface Notification {
  readonly id: string;
  readonly type: NotificationType;
  /** Facts for the words, by name. */
  readonly params: NotificationParams;
  /** Address without the language. */
  readonly actionPath: string;
  readonly claimId: string | null;
  readonly readAt: Date | null;
  readonly createdAt: Date;
  /** Its `created_at`, as a place in the list. */
  readonly place: string;
}

/** What a notification names. */
export interface NotificationParams {
  readonly claimNumber: string | null;
  readonly title: string;
  /** Statuses before and after; of moves only. */
  readonly before: ClaimStatus | null;
  readonly after: ClaimStatus | null;
  readonly senderName: string | null;
  readonly senderRole: string | null;
  /** When something is due; of warnings only. */
  readonly dueAt: Date | null;
}

/** Which mails about claims a person wants; what stands in the site is always told. */
export interface MailPreferences {
  /** That a claim was sent or moved. */
  readonly emailClaimUpdates: boolean;
  /** New messages, and documents asked for. */
  readonly emailMessages: boolean;
}

/**
 * Where a notification leads.
 *
 * @param path Its path, without the language.
 * @param role Of whoever reads it: administrators have the staff's claims in their own portal.
 * @param locale Language of the page.
 */
export function notificationHref(path: string, role: Role, locale: string): string {
  const own = portalOf(role) === "admin" ? path.replace(/^\/staff\//, "/admin/") : path;
  return `/${locale}${own}`;
}
