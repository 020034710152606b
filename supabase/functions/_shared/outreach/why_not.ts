/** Why a mail was not sent, or not yet, as the ledger keeps it: without anybody's name or address. */
import { scrub } from "../platform/scrub.ts";

/**
 * Codes that the ledger's `error` begins with, so that pages can say it in the reader's language. What
 * follows the first colon is for operators.
 */
export type WhyNot =
  // Skipped: it was not wanted any more when its turn came.
  /** Its time was over before it could be sent. */
  | "too_late"
  /** The person wants no such mails. */
  | "unsubscribed"
  /** Earlier mails to the address came back. */
  | "address_undeliverable"
  /** Resend refuses the address; the person is marked. */
  | "address_refused"
  /** The account is locked. */
  | "account_inactive"
  /** Nothing is owed any more, or it is owed since another time. */
  | "payment_settled"
  /** Staff gave more time to pay. */
  | "grace_extended"
  /** Another membership of the same person gives access. */
  | "covered_otherwise"
  /** The membership gives no access. */
  | "no_access"
  // Error: a person has to look.
  /** Resend refuses the mail for another reason. */
  | "refused"
  /** We could not make it; a defect of ours. */
  | "cannot_be_rendered"
  /** It was handed over and no answer came for a day: never sent again. */
  | "unknown_outcome"
  // Pending: tried again by itself.
  /** No answer, or an error of Resend's. */
  | "provider_unavailable"
  /** Too many calls, or Resend's quota is used up. */
  | "provider_limit"
  /** Key, domain or sender are not accepted: an operator has to act. */
  | "misconfigured"
  // Sent, with a note.
  /** Resend had it already when it was tried again. */
  | "accepted_before"
  /** No answer came, but Resend told of it later. */
  | "told_later";

/**
 * The text for the ledger.
 *
 * @param code Why.
 * @param detail For operators: what Resend or a program said, which may quote for whom the mail was. The
 * ledger and the audit log outlive the person, so it is kept without addresses and names.
 * @returns At most 500 characters.
 */
export function whyNot(code: WhyNot, detail = ""): string {
  return detail === "" ? code : `${code}: ${scrub(detail)}`.slice(0, 500);
}
