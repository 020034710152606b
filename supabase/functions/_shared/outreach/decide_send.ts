/**
 * Whether a mail whose turn has come is still wanted, and what it says. Pure: between the time a mail
 * was enqueued and the time it is sent the member may have paid, unsubscribed or left.
 */
import { tenantOrigin } from "@core/identity/tenants.ts";
import { type Instant } from "@core/platform/instant.ts";
import { type StoredFacts } from "./mails/facts.ts";
import { isOptional, MAIL_KINDS, type MailTemplate } from "./mails/templates.ts";
import { type WhyNot } from "./why_not.ts";

/** A mail whose turn has come, with all that is known about whom and what it is for. */
export interface DueSend {
  readonly id: string;
  readonly template: MailTemplate;
  readonly dedupeKey: string;
  /** What the enqueuer said. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly sendUntil: Instant | null;
  readonly person: {
    readonly email: string;
    readonly fullName: string | null;
    readonly memberNumber: string | null;
    readonly locale: string;
    readonly isActive: boolean;
    readonly hasOptedOut: boolean;
    readonly isUndeliverable: boolean;
    /** What all memberships together allow. */
    readonly access: string;
  };
  readonly tenant: {
    readonly id: string;
    readonly name: string;
    readonly legalName: string;
    readonly supportEmail: string | null;
    readonly supportPhone: string | null;
    readonly timeZone: string;
    readonly hosts: readonly string[];
    /** Name of the sender of mails about a failed payment; null for the brand's. */
    readonly graceSenderName: string | null;
  };
  readonly membership: DueMembership | null;
}

/** The membership that a mail is about. */
export interface DueMembership {
  readonly status: string;
  /** What it by itself allows. */
  readonly access: string;
  readonly currentPeriodEnd: Instant | null;
  readonly pastDueAt: Instant | null;
  readonly gracePeriodEndsAt: Instant | null;
  readonly planTier: string | null;
  readonly planName: string | null;
  readonly priceCents: number | null;
  readonly currency: string | null;
}

/** What the ledger keeps of a mail when it is first tried, and a second try is made from. */
export interface StoredMail {
  readonly to: string;
  /** Name of the sender; the address is the installation's. */
  readonly fromName: string;
  readonly replyTo: string | null;
  /** What `renderMail()` gets, without the addresses that hold a code. */
  readonly mail: StoredFacts;
}

/** What is to be done with a mail. */
export type SendDecision =
  | { readonly send: StoredMail }
  | { readonly skip: WhyNot };

/**
 * Decides about one mail.
 *
 * @param due The mail.
 * @param at The time.
 * @param siteUrl The site's public address.
 * @returns What to send, or why not to.
 */
export function decideSend(due: DueSend, at: Instant, siteUrl: string): SendDecision {
  const reason = whyNotNow(due, at);
  if (reason !== null) return { skip: reason };
  const { hosts, graceSenderName, ...tenant } = due.tenant;
  const { email, fullName, memberNumber, locale } = due.person;
  return {
    send: {
      to: email,
      fromName: MAIL_KINDS[due.template] === "dunning"
        ? graceSenderName ?? tenant.name
        : tenant.name,
      replyTo: tenant.supportEmail,
      mail: {
        template: due.template,
        locale,
        tenant,
        origin: tenantOrigin(siteUrl, hosts),
        person: { fullName, memberNumber },
        details: detailsOf(due),
      },
    },
  };
}

function whyNotNow(due: DueSend, at: Instant): WhyNot | null {
  const { template, person, sendUntil } = due;
  if (!person.isActive) return "account_inactive";
  if (person.isUndeliverable) return "address_undeliverable";
  if (sendUntil !== null && at >= sendUntil) return "too_late";
  if (isOptional(template) && person.hasOptedOut) return "unsubscribed";
  switch (MAIL_KINDS[template]) {
    case "dunning":
      return template === "dunning_recovered" ? recoveredWhyNot(due) : dunningWhyNot(due, at);
    case "engagement":
    case "nps":
      return accessWhyNot(due);
    case "transactional":
      return isWelcome(template) ? accessWhyNot(due) : null;
  }
}

/** Of two memberships of one member, one that is over has nothing to say though the other goes on. */
function accessWhyNot({ membership }: DueSend): WhyNot | null {
  return membership?.access === "active" ? null : "no_access";
}

function isWelcome(template: MailTemplate): boolean {
  return template === "welcome" || template === "member_welcome";
}

function dunningWhyNot(due: DueSend, at: Instant): WhyNot | null {
  const { membership, person, template } = due;
  if (membership === null || membership.status !== "past_due") return "payment_settled";
  const { pastDueAt, gracePeriodEndsAt } = membership;
  if (pastDueAt === null || gracePeriodEndsAt === null) return "payment_settled";
  if (episodeOf(due.dedupeKey) < pastDueAt) return "payment_settled";
  if (template !== "dunning_suspended") return null;
  if (at < gracePeriodEndsAt) return "grace_extended";
  return person.access === "active" ? "covered_otherwise" : null;
}

function recoveredWhyNot({ membership }: DueSend): WhyNot | null {
  return membership?.access === "active" && membership.pastDueAt === null ? null : "no_access";
}

/**
 * Since when payments failed when the mail was enqueued, out of `dunning:<id>:<time>:<stage>`. A late
 * event may move that to an earlier time, which is the same failure; a later time is another one.
 */
function episodeOf(dedupeKey: string): string {
  return dedupeKey.split(":").slice(2, -1).join(":");
}

function detailsOf(due: DueSend): Readonly<Record<string, unknown>> {
  const { template, membership, params } = due;
  const plan = {
    planTier: membership?.planTier ?? null,
    planName: membership?.planName ?? null,
  };
  if (template === "dunning_recovered" || isWelcome(template)) {
    return { ...plan, periodEnd: membership?.currentPeriodEnd ?? null };
  }
  switch (MAIL_KINDS[template]) {
    case "dunning":
      return {
        ...plan,
        pastDueAt: membership?.pastDueAt ?? null,
        graceEndsAt: membership?.gracePeriodEndsAt ?? null,
        amountCents: membership?.priceCents ?? null,
        currency: membership?.currency ?? "EUR",
      };
    case "engagement":
      return { ...plan, periodEnd: membership?.currentPeriodEnd ?? null };
    case "nps":
      return {};
    case "transactional":
      return params;
  }
}
