/** Mails that are sent at once: what is asked for, and to whom it goes. */
import type { Transaction } from "@core/platform/database.ts";
import type { MailTemplate } from "./mails/templates.ts";

/** A mail to be sent at once. */
export type SendRequest = SendToPerson | SendToInvited;

/** A mail to somebody with an account. */
export interface SendToPerson extends Sending {
  readonly template: Extract<
    MailTemplate,
    "password_reset" | "password_changed" | "confirm_signup" | "email_change" | "email_changed"
  >;
  readonly userId: string;
  /** Where to, if not to the address in the profile: one that is not theirs yet, or no more. */
  readonly address?: string;
}

/** A mail to somebody who is invited and may have no account; only while the invitation is open. */
export interface SendToInvited extends Sending {
  readonly template: "invitation";
  readonly invitationId: string;
}

interface Sending {
  /** Makes it be sent once. */
  readonly dedupeKey: string;
  /** What the mail says, given where the person's links lead. Kept nowhere. */
  readonly details: (site: {
    /** The site on the tenant's host. */
    readonly origin: string;
    readonly locale: string;
    /** Of an invitation; null in mails to a person. */
    readonly invitation: InvitationFacts | null;
  }) => Readonly<Record<string, unknown>>;
}

/** What the mail to an invited person tells. */
export interface InvitationFacts {
  readonly role: string;
  readonly inviterName: string;
  readonly expiresAt: Date;
}

/** Whom a mail goes to, with the tenant that it comes from. */
export interface Addressee {
  readonly tenantId: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly memberNumber: string | null;
  readonly locale: string;
  readonly isActive: boolean;
  readonly isUndeliverable: boolean;
  readonly name: string;
  readonly legalName: string;
  readonly supportEmail: string | null;
  readonly supportPhone: string | null;
  readonly timeZone: string;
  readonly hosts: string[];
  readonly role: string | null;
  readonly inviterName: string | null;
  readonly expiresAt: Date | null;
}

/**
 * Looks up whom a mail goes to.
 *
 * @param tx A transaction as `service_auth`.
 * @param request The mail.
 * @returns Undefined if there is nobody, or no open invitation.
 */
export async function addresseeOf(
  tx: Transaction,
  request: SendRequest,
): Promise<Addressee | undefined> {
  const tenant = tx`
    tenant.name, tenant.legal_name, tenant.support_email, tenant.support_phone, tenant.time_zone,
    tenant.hosts`;
  if (request.template === "invitation") {
    const [invited] = await tx<Addressee[]>`
      select invitation.tenant_id, invitation.email, nullif(invitation.full_name, '') as full_name,
             null as member_number, invitation.locale, true as is_active,
             false as is_undeliverable, invitation.role,
             invitation.invited_by_name as inviter_name, invitation.expires_at, ${tenant}
      from private.invitation_to_mail(${request.invitationId}) as invitation
      join public.tenants as tenant on tenant.id = invitation.tenant_id`;
    return invited;
  }
  const [person] = await tx<Addressee[]>`
    select person.tenant_id, person.email, person.full_name, person.member_number, person.locale,
           person.is_active, person.email_undeliverable_at is not null as is_undeliverable,
           null as role, null as inviter_name, null::timestamptz as expires_at, ${tenant}
    from public.profiles as person
    join public.tenants as tenant on tenant.id = person.tenant_id
    where person.id = ${request.userId}`;
  if (person === undefined || request.address === undefined) return person;
  return { ...person, email: request.address, isUndeliverable: false };
}
