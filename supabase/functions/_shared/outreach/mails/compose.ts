/** Which letter goes with which mail. */
import type { MailFacts } from "./facts.ts";
import type { Desk, Letter } from "./letter.ts";
import {
  addressChanged,
  confirmAddress,
  confirmSignup,
  invitation,
  passwordChanged,
  passwordReset,
} from "./letters/account.ts";
import { documentRequested, message, statusChanged, submitted } from "./letters/cases.ts";
import { daySeven, dayZero, finalWarning, recovered, suspended } from "./letters/dunning.ts";
import {
  card,
  coverage,
  evidence,
  memberWelcome,
  reporting,
  travel,
  welcome,
} from "./letters/first_months.ts";
import { deletionRequested, exportReady } from "./letters/privacy.ts";
import { survey } from "./letters/survey.ts";

/**
 * Writes the letter of a mail.
 *
 * @param facts What the mail is made from.
 * @param desk Words, formats and addresses for its reader.
 */
export function compose(facts: MailFacts, desk: Desk): Letter {
  switch (facts.template) {
    case "dunning_day_0":
      return dayZero(desk, facts.details);
    case "dunning_day_7":
      return daySeven(desk, facts.details);
    case "dunning_final":
      return finalWarning(desk, facts.details);
    case "dunning_suspended":
      return suspended(desk, facts.details);
    case "dunning_recovered":
      return recovered(desk, facts.details);
    case "welcome":
      return welcome(desk, facts.details);
    case "member_welcome":
      return memberWelcome(desk, facts.details);
    case "onboarding_day_7":
      return card(desk, facts.details);
    case "checkin_day_14":
      return reporting(desk);
    case "retention_day_30":
      return coverage(desk, facts.details);
    case "retention_day_60":
      return travel(desk);
    case "retention_day_90":
      return evidence(desk);
    case "nps_v1":
      return survey(desk, facts.details);
    case "password_reset":
      return passwordReset(desk, facts.details);
    case "password_changed":
      return passwordChanged(desk, facts.details);
    case "invitation":
      return invitation(desk, facts.details, facts.tenant.name);
    case "confirm_signup":
      return confirmSignup(desk, facts.details);
    case "email_change":
      return confirmAddress(desk, facts.details);
    case "email_changed":
      return addressChanged(desk, facts.details);
    case "export_ready":
      return exportReady(desk, facts.details);
    case "deletion_requested":
      return deletionRequested(desk, facts.details);
    case "claim_submitted":
      return submitted(desk, facts.details);
    case "claim_status_changed":
      return statusChanged(desk, facts.details);
    case "claim_message":
      return message(desk, facts.details);
    case "claim_document_requested":
      return documentRequested(desk, facts.details);
  }
}
