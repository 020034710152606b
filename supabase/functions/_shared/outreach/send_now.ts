/**
 * Sends one mail at once, on the same rails as those that wait their turn: for mails that hold a
 * secret link, which no table may keep. So it cannot be repeated later either; the person asks again.
 */
import { recordAudit } from "@core/audit/record.ts";
import { tenantOrigin } from "@core/identity/tenants.ts";
import type { Transaction } from "@core/platform/database.ts";
import { instantAt } from "@core/platform/instant.ts";
import type { MailOutcome, OutgoingMail } from "@core/platform/mailer.ts";
import { addresseeOf, type SendRequest } from "./addressee_store.ts";
import { composeMail } from "./compose.ts";
import type { StoredMail } from "./decide_send.ts";
import { MAIL_KINDS, type MailTemplate } from "./mails/templates.ts";
import type { SendDeps } from "./send_due.ts";
import { type WhyNot, whyNot } from "./why_not.ts";

export type { InvitationFacts, SendRequest, SendToPerson } from "./addressee_store.ts";

/** What became of it; `duplicate` if it is there already. */
export type SentNow = "sent" | "skipped" | "failed" | "duplicate" | "unknown_person";

const ROLE = "service_auth";
/** Somebody waits for the answer: calls whose outcome is not known are repeated this often. */
const TRIES = 2;
/** Longest wait for a turn, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Sends a mail now.
 *
 * @param deps Database, clock, Resend and what mails are made with.
 * @param request The mail.
 * @returns What became of it.
 * @throws {DatabaseUnavailable} If the database went away. A mail that was handed over may arrive.
 */
export async function sendNow(
  deps: SendDeps,
  request: SendRequest,
): Promise<SentNow> {
  const { db, clock } = deps;
  const entered = await db.asService(ROLE, (tx) => enter(tx, request, deps.siteUrl));
  if (typeof entered === "string") return entered;
  const { identity, stored } = entered;
  const outgoing = composeMail(identity, stored, {}, deps.from);

  const [turn] = await db.asService(
    ROLE,
    (tx) => tx<{ wait: number }[]>`select private.take_mail_slot(${deps.maxRps}) as wait`,
  );
  const wait = turn?.wait ?? 0;
  if (wait > PATIENCE) {
    const outcome: MailOutcome = { kind: "held", code: "no_turn", milliseconds: 0 };
    return await db.asService(
      ROLE,
      (tx) => settle(tx, identity, outgoing, outcome, 0, clock.now()),
    );
  }
  await clock.wait(wait);
  let outcome: MailOutcome = { kind: "unknown", code: "not_tried" };
  let attempts = 0;
  while (outcome.kind === "unknown" && attempts < TRIES) {
    attempts++;
    outcome = await deps.mailer.sendBatch([outgoing], `send/${identity.id}`);
  }
  const last = outcome;
  return await db.asService(
    ROLE,
    (tx) => settle(tx, identity, outgoing, last, attempts, clock.now()),
  );
}

interface Identity {
  readonly id: string;
  readonly tenantId: string;
  readonly template: MailTemplate;
  /** Null for a mail to an invited address. */
  readonly userId: string | null;
}

/** Writes the mail into the ledger, without a time at which anybody else would send it. */
async function enter(
  tx: Transaction,
  request: SendRequest,
  siteUrl: string,
): Promise<SentNow | { readonly identity: Identity; readonly stored: StoredMail }> {
  const { template, dedupeKey, details } = request;
  const person = await addresseeOf(tx, request);
  if (person === undefined) return "unknown_person";
  const [userId, invitationId] = request.template === "invitation"
    ? [null, request.invitationId]
    : [request.userId, null];
  const identity = { id: crypto.randomUUID(), tenantId: person.tenantId, template, userId };
  const inserted = await tx`
    insert into public.engagement_email_sends
      (id, tenant_id, user_id, invitation_id, template_key, dedupe_key, next_attempt_at)
    values (${identity.id}, ${person.tenantId}, ${userId}, ${invitationId}, ${template},
            ${dedupeKey}, null)
    on conflict (dedupe_key) do nothing
    returning id`;
  if (inserted.length === 0) return "duplicate";
  const reason: WhyNot | null = !person.isActive
    ? "account_inactive"
    : person.isUndeliverable
    ? "address_undeliverable"
    : null;
  if (reason !== null) {
    await end(tx, identity, "skipped", reason, 0);
    return "skipped";
  }
  const { email, fullName, memberNumber, locale, hosts } = person;
  const { name, legalName, supportEmail, supportPhone, timeZone } = person;
  const origin = tenantOrigin(siteUrl, hosts);
  const { role, inviterName, expiresAt } = person;
  const invitation = role === null || expiresAt === null
    ? null
    : { role, inviterName: inviterName ?? "", expiresAt };
  return {
    identity,
    stored: {
      to: email,
      fromName: name,
      replyTo: supportEmail,
      mail: {
        template,
        locale,
        tenant: { id: person.tenantId, name, legalName, supportEmail, supportPhone, timeZone },
        origin,
        person: { fullName, memberNumber },
        details: details({ origin, locale, invitation }),
      },
    },
  };
}

async function settle(
  tx: Transaction,
  identity: Identity,
  outgoing: OutgoingMail,
  outcome: MailOutcome,
  attempts: number,
  now: number,
): Promise<SentNow> {
  switch (outcome.kind) {
    case "accepted":
    case "accepted_before": {
      const messageId = outcome.kind === "accepted" ? outcome.ids[0] ?? null : null;
      await tx`
        update public.engagement_email_sends
        set status = 'sent', sent_at = ${instantAt(now)}::timestamptz, attempts = ${attempts},
            provider_message_id = ${messageId}
        where id = ${identity.id} and status = 'pending'`;
      await audit(tx, identity, "sent", {});
      return "sent";
    }
    case "unknown":
      await end(tx, identity, "error", whyNot("unknown_outcome", outcome.code), attempts);
      return "failed";
    case "held":
      if (outcome.milliseconds > 0) await tx`select private.hold_mails(${outcome.milliseconds})`;
      await end(tx, identity, "error", whyNot("provider_limit", outcome.code), attempts);
      return "failed";
    case "misconfigured":
      await end(tx, identity, "error", whyNot("misconfigured", outcome.code), attempts);
      return "failed";
    case "refused": {
      const detail = `${outcome.code}: ${outcome.message}`;
      if (!outcome.isAddress) {
        await end(tx, identity, "error", whyNot("refused", detail), attempts);
        return "failed";
      }
      await end(tx, identity, "skipped", whyNot("address_refused", detail), attempts);
      if (identity.userId === null) return "skipped";
      await tx`
        update public.profiles
        set email_undeliverable_at = ${instantAt(now)}::timestamptz,
            email_undeliverable_reason = ${detail.slice(0, 500)}
        where id = ${identity.userId} and email = ${outgoing.to}
          and email_undeliverable_at is null`;
      return "skipped";
    }
  }
}

async function end(
  tx: Transaction,
  identity: Identity,
  status: "skipped" | "error",
  reason: string,
  attempts: number,
): Promise<void> {
  await tx`
    update public.engagement_email_sends
    set status = ${status}, error = ${reason}, attempts = ${attempts}
    where id = ${identity.id} and status = 'pending'`;
  if (status === "error") await audit(tx, identity, "failed", { reason: reason.split(":")[0] });
}

async function audit(
  tx: Transaction,
  { id, tenantId, template }: Identity,
  what: "sent" | "failed",
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAudit(tx, {
    action: `email.${MAIL_KINDS[template]}.${what}`,
    tenantId,
    actorRole: ROLE,
    entityType: "mail",
    entityId: id,
    metadata: { template, ...metadata },
  });
}
