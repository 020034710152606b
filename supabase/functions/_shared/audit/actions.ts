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
  /** A member let a membership run out at the end of its period. */
  | "subscription.canceled_scheduled"
  /** A member took that back. */
  | "subscription.cancellation_withdrawn"
  /** Access was taken away because the money for the period went back. */
  | "subscription.access_revoked"
  /** Access was given again: the money came back, or a new period was paid. */
  | "subscription.access_restored"
  /** A membership that was paid by hand is over. Written by the database. */
  | "subscription.expired"
  /** A renewal failed once more. */
  | "payment.failed"
  /** Money came in. */
  | "payment.processed"
  /** An invoice was written. */
  | "billing.invoice.posted"
  /** An invoice was there already, from another event of the same transaction. */
  | "billing.invoice.replay_ignored"
  /** Money went back, or came again, after a payment. */
  | "billing.adjustment.posted"
  /** The address changed to which Paddle sends a member's invoices. */
  | "billing.customer.updated"
  /** An agent earned something by a payment. */
  | "commission.created"
  /** A referral code led to no active agent of the member's tenant. */
  | "commission.unresolved"
  /** A commission was approved, paid or made void. */
  | "commission.status_updated"
  /** An administrator approved several commissions at once; each has a row of its own besides. */
  | "commission.bulk_approved"
  /** Money that went back took some of a commission with it. */
  | "commission.clawed_back"
  /** An administrator had events tried again. Written by the database. */
  | "webhook.replayed"
  /** An event failed for the last time that it is tried by itself. */
  | "webhook.given_up"
  /** Grace ended without a payment, and access with it. */
  | "subscription.grace_expired"
  /** A member was reminded a week after a payment failed. */
  | "email.dunning.reminder"
  /** A member was warned the day before grace ends. */
  | "email.dunning.final_warning"
  /** A mail was handed to Resend; metadata says which. */
  | "email.dunning.sent"
  | "email.engagement.sent"
  | "email.nps.sent"
  | "email.transactional.sent"
  /** A mail was refused for good, or nobody knows whether it arrived. */
  | "email.dunning.failed"
  | "email.engagement.failed"
  | "email.nps.failed"
  | "email.transactional.failed"
  /** An administrator had a mail tried again. Written by the database. */
  | "email.retried"
  /** A job that writes to members did something; metadata says how much. */
  | "cron.dunning.run"
  | "cron.engagement.run"
  | "cron.nps.run"
  /** A claim was begun, edited, sent, cancelled, moved, or given to one of the staff. Written by the database. */
  | "claim.created"
  | "claim.updated"
  | "claim.submitted"
  | "claim.cancelled"
  | "claim.status_changed"
  | "claim.assigned"
  | "claim.unassigned"
  /** Somebody wrote on a claim; metadata has the length, not the text. Written by the database. */
  | "claim.message_sent"
  /** A document came, was refused or deleted. Written by the database. */
  | "document.uploaded"
  | "document.refused"
  | "document.deleted"
  /** A document was downloaded, viewed, or given an address of its own, successfully. */
  | "document.download"
  | "document.view"
  | "document.signed_url_issued"
  /** Somebody asked for a document that is not for them, or is not there. */
  | "document.forbidden"
  /** Somebody opened a document by a shared link. */
  | "document.share_opened"
  /** A link for people without an account was made or taken back. Written by the database. */
  | "share_pack.created"
  | "share_pack.revoked"
  | "tracking_link.created"
  | "tracking_link.revoked"
  /** Somebody asked for a new password; of an address nobody has, without a tenant. */
  | "auth.password_reset_requested"
  /** Somebody chose a new password by the link in a mail; all their sessions ended. */
  | "auth.password_reset_completed"
  /** A new member chose their first password by the link of the welcome. Written by the database. */
  | "auth.account_claimed"
  /** Somebody signed in chose a new password; their other sessions ended. */
  | "auth.password_changed"
  /** Somebody signed in, or signed out. Written by the database. */
  | "auth.signed_in"
  | "auth.signed_out"
  /** Somebody signed in on another country's host, where nobody works: they are led to their own. Written by the database. */
  | "auth.signin_denied_wrong_tenant"
  /** How many could not sign in within an hour; of whom is not noted. Written by the database. */
  | "auth.signin_refused"
  /** Somebody asked for another mail address, or has one now; neither is noted. */
  | "auth.email_change_requested"
  | "auth.email_changed"
  /** A person asked for a copy of their data, or downloaded it. Written by the database. */
  | "privacy.export_requested"
  | "privacy.export_downloaded"
  /** A member asked to be forgotten, or took that back. Written by the database. */
  | "privacy.data_deletion_requested"
  | "privacy.data_deletion_cancelled"
  /** A step of forgetting a person, with how much it erased, and the end of it. Written by the database. */
  | "privacy.data_erased"
  | "privacy.data_deletion_completed"
  /** Somebody changed a row by hand, in Studio or SQL. Written by the database. */
  | "row.inserted"
  | "row.updated"
  | "row.deleted"
  | "row.truncated"
  /** Sessions of a person were ended: by themselves, by a lock, or by their age. Written by the database. */
  | "auth.session_ended"
  /** Somebody got, or lost, a role; metadata has it before and after. Written by the database. */
  | "user.role_granted"
  | "user.role_revoked"
  /** A member was given to another agent, or to none. Written by the database. */
  | "user.agent_updated"
  /** Somebody's branch, lock or wish for mails changed. Written by the database. */
  | "user.settings_updated"
  /** Somebody was invited, again, no longer, or accepted. Written by the database. */
  | "invitation.created"
  | "invitation.renewed"
  | "invitation.revoked"
  | "invitation.accepted"
  /** A lead was written down, changed, moved on or given to another agent. Written by the database. */
  | "lead.created"
  | "lead.updated"
  | "lead.status_changed"
  | "lead.reassigned"
  /** An agent handed cash in for a lead, or took that back. Written by the database. */
  | "lead.payment_recorded"
  | "lead.payment_canceled"
  /** An agent handed a payment in again, after a question. Written by the database. */
  | "PAYMENT_RESUBMITTED"
  /** Somebody else than the agent decided about a payment, or asked. Written by the database. */
  | "VERIFY_PAYMENT_APPROVE"
  | "VERIFY_PAYMENT_REJECT"
  | "VERIFY_PAYMENT_NEEDS_INFO"
  /** The welcome of a member who has no password yet was sent again. Written by the database. */
  | "member.welcome_resent"
  /** A note about a member was written, changed, deleted or pinned. Written by the database. */
  | "member_note.created"
  | "member_note.updated"
  | "member_note.deleted"
  | "member_note.pin_toggled"
  /** Somebody wrote down what was done with a member. Written by the database. */
  | "member_activity.created"
  /** A card got another code, because somebody else may have it. Written by the database. */
  | "card.replaced"
  /** A branch was opened, renamed, closed or opened again. Written by the database. */
  | "branch.created"
  | "branch.updated"
  /** A plan was added or changed; metadata has it before and after. Written by the database. */
  | "plan.created"
  | "plan.updated"
  /** A country was added, changed or hidden. Written by the database. */
  | "tenant.created"
  | "tenant.updated"
  /** A switch for bad days was turned on or off, or its note changed. Written by the database. */
  | "flag.changed"
  /** A tenant's settings changed; metadata has them before and after. Written by the database. */
  | "settings.updated";
