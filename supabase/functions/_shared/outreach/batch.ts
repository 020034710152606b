/** What a batch is: mails that are handed to Resend in one call, under the batch's key. */
import type { OutgoingMail } from "@core/platform/mailer.ts";
import type { LinkCodes } from "./mail_links.ts";
import type { MailTemplate } from "./mails/templates.ts";

/** One mail of a batch. */
export interface BatchedMail {
  readonly id: string;
  readonly template: MailTemplate;
  readonly outgoing: OutgoingMail;
}

/** Mails to be handed over in one call. */
export interface Batch {
  readonly id: string;
  /** How often it was tried, this time included; tells two that are at it apart. */
  readonly attempts: number;
  readonly mails: readonly BatchedMail[];
}

/** What taking a batch led to. */
export interface Taken {
  /** Null if there is nothing to call Resend for. */
  readonly batch: Batch | null;
  /** Mails that were not wanted any more. */
  readonly skipped: number;
  /** Mails that could not be made, or of which nobody will know whether they arrived. */
  readonly failed: number;
  /** Mails that arrived after all, as Resend told later. */
  readonly sent: number;
  /** How long making the mails kept the processor, in milliseconds. */
  readonly working: number;
}

/** What batches are made with. */
export interface BatchMaker {
  readonly siteUrl: string;
  /** The installation's sender. */
  readonly from: string;
  readonly codes: LinkCodes;
}

/** Nothing was taken, and nothing became of anything. */
export const NOTHING: Taken = { batch: null, skipped: 0, failed: 0, sent: 0, working: 0 };

/**
 * What went wrong, for operators.
 *
 * @param error What was thrown while a mail was made.
 */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : "unknown error";
}
