/**
 * The names under which things are written to the audit log. Operators search for them, so a name
 * never changes its meaning; a new kind of act gets a new name here.
 */
export type AuditAction =
  /** A correctly signed delivery was stored for the first time. */
  | "webhook.received"
  /** An event took effect, or was decided to have none. */
  | "webhook.processed"
  /** An event could not be applied; it stays `error` and is tried again. */
  | "webhook.failed"
  /** An event that was done already came again. */
  | "webhook.duplicate"
  /** A delivery with a wrong or outdated signature was refused. */
  | "webhook.invalid_signature"
  /** A membership changed: bought, renewed, paused, cancelled, plan or period changed. */
  | "subscription.updated"
  /** A membership's payment failed; metadata says which attempt and when grace ends. */
  | "subscription.past_due"
  /** Money came in. */
  | "payment.processed"
  /** An invoice was written. */
  | "billing.invoice.posted"
  /** An invoice was there already, from another event of the same transaction. */
  | "billing.invoice.replay_ignored";
