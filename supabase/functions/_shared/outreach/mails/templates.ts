/** Which mails there are, and what kind each one is. */

/** Why a mail is sent; `engagement` and `nps` are sent only to those who want them. */
export type MailKind = "dunning" | "engagement" | "nps" | "transactional";

/** The kind of every mail; the table `mail_templates` has the same rows. */
export const MAIL_KINDS = {
  "dunning_day_0": "dunning",
  "dunning_day_7": "dunning",
  "dunning_final": "dunning",
  "dunning_suspended": "dunning",
  "dunning_recovered": "dunning",
  "welcome": "transactional",
  "member_welcome": "transactional",
  "onboarding_day_7": "engagement",
  "checkin_day_14": "engagement",
  "retention_day_30": "engagement",
  "retention_day_60": "engagement",
  "retention_day_90": "engagement",
  "nps_v1": "nps",
  "password_reset": "transactional",
  "password_changed": "transactional",
  "invitation": "transactional",
  "confirm_signup": "transactional",
  "email_change": "transactional",
  "email_changed": "transactional",
  "export_ready": "transactional",
  "deletion_requested": "transactional",
  "claim_submitted": "transactional",
  "claim_status_changed": "transactional",
  "claim_message": "transactional",
  "claim_document_requested": "transactional",
} as const satisfies Readonly<Record<string, MailKind>>;

/** Key of a mail, as the ledger's `template_key` has it. */
export type MailTemplate = keyof typeof MAIL_KINDS;

/** Every mail, in the order of a member's year. */
export const MAIL_TEMPLATES = Object.keys(MAIL_KINDS) as readonly MailTemplate[];

/** Whether a text names one of our mails. */
export function isMailTemplate(text: string): text is MailTemplate {
  return Object.hasOwn(MAIL_KINDS, text);
}

/** Whether a member may say that they do not want this mail. */
export function isOptional(template: MailTemplate): boolean {
  const kind: MailKind = MAIL_KINDS[template];
  return kind === "engagement" || kind === "nps";
}
