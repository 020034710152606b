/**
 * What a mail is made from. The ledger keeps these facts as JSON from the first attempt on, so that
 * a retry is the same mail to the byte.
 *
 * @module
 */
import { z } from "zod";
import { CLAIM_STATUSES } from "@core/claims/claim.ts";
import { ROLES } from "@core/identity/roles.ts";
import { LOCALES } from "@core/platform/i18n.ts";
import { isOptional, type MailTemplate } from "./templates.ts";

const time = z.iso.datetime({ offset: true });
const address = z.url({ protocol: /^https?$/ });
const line = z.string().max(500);

const plan = {
  /** Null where the plan is not known. */
  planTier: z.enum(["standard", "family", "business"]).nullable(),
  /** What the tenant calls the plan, such as "Asistenca"; null where it is not known. */
  planName: line.nullable(),
};

const dunning = z.strictObject({
  ...plan,
  /** When payments began to fail. */
  pastDueAt: time,
  /** Until when the membership goes on without a payment. */
  graceEndsAt: time,
  /** Price of the plan for a year, in cents; null where it is not known. */
  amountCents: z.number().int().nonnegative().nullable(),
  /** ISO 4217 code. */
  currency: z.string().length(3),
});

const engagement = z.strictObject({
  ...plan,
  /** Paid until; null where it is not known. */
  periodEnd: time.nullable(),
});

const claim = {
  claimId: z.uuid(),
  claimNumber: z.string().regex(/^[A-Z0-9_-]{1,60}$/, "must be a claim's number"),
  title: line,
};

/** What each mail is about. */
const DETAILS = {
  "dunning_day_0": dunning,
  "dunning_day_7": dunning,
  "dunning_final": dunning,
  "dunning_suspended": dunning,
  "dunning_recovered": engagement,
  "welcome": engagement,
  "member_welcome": z.strictObject({
    ...plan,
    /** Paid until; null where it is not known. */
    periodEnd: time.nullable(),
    /** The page to choose a password with its token. Derived for each attempt, never stored. */
    welcomeUrl: address,
  }),
  "onboarding_day_7": engagement,
  "checkin_day_14": engagement,
  "retention_day_30": engagement,
  "retention_day_60": engagement,
  "retention_day_90": engagement,
  "nps_v1": z.strictObject({
    /** The survey with its token. Derived for each attempt, never stored. */
    surveyUrl: address,
  }),
  "password_reset": z.strictObject({
    /** Leads to the form with its token. Never stored. */
    link: address,
    expiresInMinutes: z.number().int().positive(),
  }),
  "password_changed": z.strictObject({ changedAt: time }),
  "invitation": z.strictObject({
    role: z.enum(ROLES),
    /** Who invites. */
    inviterName: line,
    /** Leads to the form with its token. Never stored. */
    link: address,
    expiresAt: time,
  }),
  "confirm_signup": z.strictObject({
    /** Leads to the button that confirms. Never stored. */
    link: address,
  }),
  "email_change": z.strictObject({
    /** Leads to the button that confirms. Never stored. */
    link: address,
  }),
  "email_changed": z.strictObject({ changedAt: time }),
  "export_ready": z.strictObject({
    /** Until when it may be downloaded. */
    expiresAt: time,
  }),
  "deletion_requested": z.strictObject({
    /** When it is carried out, if it is not taken back. */
    dueAt: time,
  }),
  "claim_submitted": z.strictObject(claim),
  "claim_status_changed": z.strictObject({
    ...claim,
    status: z.enum(CLAIM_STATUSES),
    /** What the member is to know about it. */
    note: z.string().max(10_000).nullable(),
  }),
  "claim_message": z.strictObject(claim),
  "claim_document_requested": z.strictObject({
    ...claim,
    /** Which paper is wanted, in the words of whoever asks. */
    note: z.string().max(10_000).nullable(),
  }),
} as const satisfies Readonly<Record<MailTemplate, z.ZodType>>;

const COMMON = {
  locale: z.enum(LOCALES),
  tenant: z.strictObject({
    id: z.string(),
    name: line,
    legalName: line,
    supportEmail: line.nullable(),
    supportPhone: line.nullable(),
    /** IANA name; dates are told in it. */
    timeZone: z.string(),
  }),
  /** The site on the tenant's host, without a slash at the end. */
  origin: address.refine((value) => new URL(value).origin === value, "must be an origin"),
  person: z.strictObject({
    fullName: line.nullable(),
    memberNumber: line.nullable(),
  }),
  /** Where the member says that they do not want such mails; only mails that may be declined. */
  unsubscribe: address.optional(),
};

/** The details of a mail, by template. */
export type MailDetails = {
  readonly [T in MailTemplate]: z.infer<(typeof DETAILS)[T]>;
};

/** What every mail knows beside its details. */
export type CommonFacts = z.infer<z.ZodObject<typeof COMMON>>;

/** All that a mail is made from; the template says which details go with it. */
export type MailFacts = {
  readonly [T in MailTemplate]: CommonFacts & {
    readonly template: T;
    readonly details: MailDetails[T];
  };
}[MailTemplate];

/** The facts of one mail. */
export type FactsOf<T extends MailTemplate> = Extract<MailFacts, { readonly template: T }>;

/** The addresses with a token that are added for each attempt and never stored. */
export interface SecretLinks {
  readonly unsubscribe?: string;
  readonly surveyUrl?: string;
  readonly welcomeUrl?: string;
}

/** Facts as they may be stored: without the addresses that hold a token. */
export type StoredFacts = Readonly<Record<string, unknown>>;

/**
 * Reads facts, such as those that the ledger kept.
 *
 * @param value What is to be a mail's facts.
 * @param links Addresses that were not stored with them.
 * @returns The facts.
 * @throws {z.ZodError} If something is missing or wrong, if a link leads to another site, or if a
 * mail that may be declined has no address to do so.
 */
export function parseFacts(value: unknown, links: SecretLinks = {}): MailFacts {
  const { template } = naming.parse(value);
  const given = value as Record<string, unknown>;
  const { surveyUrl, welcomeUrl } = links;
  const details = surveyUrl === undefined && welcomeUrl === undefined ? given["details"] : {
    ...given["details"] as object,
    ...(surveyUrl === undefined ? {} : { surveyUrl }),
    ...(welcomeUrl === undefined ? {} : { welcomeUrl }),
  };
  const unsubscribe = links.unsubscribe ?? given["unsubscribe"];
  const whole = unsubscribe === undefined ? given : { ...given, unsubscribe };
  return schemaOf(template).parse({ ...whole, details }) as MailFacts;
}

const templates = Object.keys(DETAILS) as [MailTemplate, ...MailTemplate[]];
const naming = z.object({ template: z.enum(templates) });
const schemas = new Map<MailTemplate, z.ZodType>();

/**
 * The schema of a mail's facts. Built once for each mail, when it is first wanted: building takes
 * longer than reading the facts and rendering the mail.
 *
 * @param template Which mail.
 */
export function schemaOf(template: MailTemplate): z.ZodType {
  const known = schemas.get(template);
  if (known !== undefined) return known;
  const schema = buildSchema(template);
  schemas.set(template, schema);
  return schema;
}

function buildSchema(template: MailTemplate): z.ZodType {
  return z.strictObject({ template: z.literal(template), ...COMMON, details: DETAILS[template] })
    .superRefine((facts, context) => {
      const refuse = (message: string) => context.addIssue({ code: "custom", message });
      if (isOptional(template) && facts.unsubscribe === undefined) {
        refuse("a mail that may be declined needs an address to do so");
      }
      const { origin, unsubscribe, details } = facts;
      const links = { unsubscribe, ...pickLinks(details) };
      for (const [name, link] of Object.entries(links)) {
        if (link !== undefined && new URL(link).origin !== origin) {
          refuse(`${name} leads to another site`);
        }
      }
    });
}

function pickLinks(details: object): SecretLinks & { link?: string } {
  return {
    ...("link" in details ? { link: details.link as string } : {}),
    ...("surveyUrl" in details ? { surveyUrl: details.surveyUrl as string } : {}),
    ...("welcomeUrl" in details ? { welcomeUrl: details.welcomeUrl as string } : {}),
  };
}
