import assert from "node:assert/strict";
import { addDays, type Instant, parseInstant } from "@core/platform/instant.ts";
import { composeMail } from "./compose.ts";
import { decideSend, type DueMembership, type DueSend } from "./decide_send.ts";
import { createLinkCodes } from "./mail_links.ts";
import { isOptional, MAIL_KINDS, MAIL_TEMPLATES, type MailTemplate } from "./mails/templates.ts";

const START = instant("2026-01-01T12:00:00.000001Z");
const NOW = addDays(START, 8);
const SITE = "https://interdomestik.com";

function instant(text: string): Instant {
  const read = parseInstant(text);
  if (read === null) throw new Error(text);
  return read;
}

function due(
  template: MailTemplate,
  over: {
    person?: Partial<DueSend["person"]>;
    membership?: Partial<DueMembership> | null;
    sendUntil?: Instant | null;
    params?: Record<string, unknown>;
    dedupeKey?: string;
  } = {},
): DueSend {
  const isOwing = MAIL_KINDS[template] === "dunning" && template !== "dunning_recovered";
  return {
    id: "6f1c4e5a-0000-4000-8000-000000000001",
    template,
    dedupeKey: over.dedupeKey ?? `dunning:sub:${START}:stage`,
    params: over.params ?? {},
    sendUntil: over.sendUntil === undefined ? addDays(NOW, 1) : over.sendUntil,
    person: {
      email: "arta@example.test",
      fullName: "Arta Berisha",
      memberNumber: "MEM-2026-000001",
      locale: "sq",
      isActive: true,
      hasOptedOut: false,
      isUndeliverable: false,
      access: isOwing ? "grace" : "active",
      ...over.person,
    },
    tenant: {
      id: "ks",
      name: "Interdomestik Kosova",
      legalName: "Interdomestik KS LLC",
      supportEmail: "ndihma@ks.interdomestik.com",
      supportPhone: "+383 38 000 000",
      timeZone: "Europe/Belgrade",
      hosts: ["ks.localhost", "ks.interdomestik.com"],
      graceSenderName: null,
    },
    membership: over.membership === null ? null : {
      status: isOwing ? "past_due" : "active",
      access: isOwing ? "grace" : "active",
      currentPeriodEnd: addDays(START, 365),
      pastDueAt: isOwing ? START : null,
      gracePeriodEndsAt: isOwing ? addDays(START, template === "dunning_suspended" ? 7 : 14) : null,
      planTier: "standard",
      planName: "Asistenca",
      priceCents: 2_000,
      currency: "EUR",
      ...over.membership,
    },
  };
}

function skipOf(...args: Parameters<typeof due>): string | undefined {
  const decision = decideSend(due(...args), NOW, SITE);
  return "skip" in decision ? decision.skip : undefined;
}

/** What an enqueuer says of mails that are not about a membership. */
const CLAIM = {
  claimId: "6f1c4e5a-0000-4000-8000-000000000002",
  claimNumber: "CLM-KS-2026-000001",
  title: "Rear-end collision",
};
const PARAMS: Partial<Record<MailTemplate, Record<string, unknown>>> = {
  "password_changed": { changedAt: START },
  "email_changed": { changedAt: START },
  "export_ready": { expiresAt: START },
  "deletion_requested": { dueAt: START },
  "claim_submitted": CLAIM,
  "claim_message": CLAIM,
  "claim_status_changed": { ...CLAIM, status: "evaluation", note: null },
  "claim_document_requested": { ...CLAIM, note: "The police report" },
};
/** Their secret links are kept nowhere, so they are never sent from the ledger. */
const NOW_OR_NEVER: readonly MailTemplate[] = [
  "password_reset",
  "invitation",
  "confirm_signup",
  "email_change",
];

Deno.test("decideSend() has mails about a failed payment come from the sender that was set", () => {
  const fromOf = (template: MailTemplate, graceSenderName: string | null) => {
    const row = due(template);
    const decision = decideSend({ ...row, tenant: { ...row.tenant, graceSenderName } }, NOW, SITE);
    assert.ok("send" in decision, template);
    assert.doesNotMatch(JSON.stringify(decision.send.mail), /graceSender/);
    return decision.send.fromName;
  };
  assert.equal(fromOf("dunning_day_7", "Interdomestik – pagesat"), "Interdomestik – pagesat");
  assert.equal(fromOf("dunning_day_7", null), "Interdomestik Kosova");
  assert.equal(fromOf("onboarding_day_7", "Interdomestik – pagesat"), "Interdomestik Kosova");
});

Deno.test("decideSend() gives each mail of the ledger all that it says", () => {
  const codes = createLinkCodes(["a secret of the tests"]);
  for (const template of MAIL_TEMPLATES) {
    if (NOW_OR_NEVER.includes(template)) continue;
    const row = due(template, { params: PARAMS[template] ?? {} });
    const decision = decideSend(row, NOW, SITE);
    assert.ok("send" in decision, template);
    // Through JSON, as the ledger keeps it.
    const stored = JSON.parse(JSON.stringify(decision.send));
    const links = {
      ...(isOptional(template) ? { unsubscribe: codes.make("unsubscribe", row.id) } : {}),
      ...(template === "nps_v1" ? { nps: codes.make("nps", row.id) } : {}),
      ...(template === "member_welcome" ? { welcome: codes.make("welcome", row.id) } : {}),
    };
    const identity = { id: row.id, tenantId: "ks", template };
    const mail = composeMail(identity, stored, links, "Interdomestik <hello@interdomestik.com>");
    assert.deepEqual(composeMail(identity, stored, links, "hello@interdomestik.com"), mail);
    assert.equal(mail.from, `"Interdomestik Kosova" <hello@interdomestik.com>`);
    assert.equal(mail.replyTo, "ndihma@ks.interdomestik.com");
    assert.equal(mail.to, "arta@example.test");
    assert.deepEqual(mail.tags, { template, tenant: "ks", send: row.id });
    const token = links.unsubscribe?.token;
    assert.equal(
      mail.headers["List-Unsubscribe"],
      token && `<https://ks.interdomestik.com/api/public/unsubscribe?token=${token}>`,
    );
    assert.equal("List-Unsubscribe-Post" in mail.headers, isOptional(template));
    for (const secret of [links.unsubscribe?.token, links.nps?.token]) {
      if (secret) assert.ok(!JSON.stringify(stored).includes(secret), template);
    }
  }
});

Deno.test("decideSend() writes to nobody who is locked or whose address bounces", () => {
  for (const template of MAIL_TEMPLATES) {
    assert.equal(skipOf(template, { person: { isActive: false } }), "account_inactive");
    assert.equal(skipOf(template, { person: { isUndeliverable: true } }), "address_undeliverable");
  }
});

Deno.test("decideSend() sends nothing whose time is over", () => {
  for (const template of MAIL_TEMPLATES) {
    assert.equal(skipOf(template, { sendUntil: NOW }), "too_late", template);
  }
  assert.equal(skipOf("welcome", { sendUntil: null }), undefined);
});

Deno.test("decideSend() honours the preference for all that is optional, and nothing else", () => {
  for (const template of MAIL_TEMPLATES) {
    const reason = skipOf(template, { person: { hasOptedOut: true } });
    assert.equal(reason, isOptional(template) ? "unsubscribed" : undefined, template);
  }
});

Deno.test("decideSend() stops dunning once it is paid, paused or cancelled", () => {
  const stages = ["dunning_day_0", "dunning_day_7", "dunning_final", "dunning_suspended"] as const;
  for (const template of stages) {
    assert.equal(skipOf(template), undefined);
    for (const status of ["active", "paused", "canceled", "trialing"]) {
      assert.equal(skipOf(template, { membership: { status } }), "payment_settled");
    }
    assert.equal(skipOf(template, { membership: null }), "payment_settled");
  }
});

Deno.test("decideSend() tells the failure that a mail is about from a later one", () => {
  const later = { pastDueAt: addDays(START, 2), gracePeriodEndsAt: addDays(START, 16) };
  assert.equal(skipOf("dunning_day_7", { membership: later }), "payment_settled");
  // A late event moved the same failure to an earlier time.
  const earlier = { pastDueAt: addDays(START, -1) };
  assert.equal(skipOf("dunning_day_7", { membership: earlier }), undefined);
});

Deno.test("decideSend() says that access ended only if it did", () => {
  const more = { gracePeriodEndsAt: addDays(NOW, 5) };
  assert.equal(skipOf("dunning_suspended", { membership: more }), "grace_extended");
  assert.equal(
    skipOf("dunning_suspended", { person: { access: "active" } }),
    "covered_otherwise",
  );
});

Deno.test("decideSend() thanks only for what is paid still", () => {
  assert.equal(skipOf("dunning_recovered"), undefined);
  const again = { status: "past_due", access: "grace", pastDueAt: NOW };
  assert.equal(skipOf("dunning_recovered", { membership: again }), "no_access");
  assert.equal(skipOf("dunning_recovered", { membership: { access: "suspended" } }), "no_access");
  assert.equal(skipOf("dunning_recovered", { membership: null }), "no_access");
});

Deno.test("decideSend() writes of the first months to members with access only", () => {
  const templates = MAIL_TEMPLATES.filter((one) =>
    isOptional(one) || one === "welcome" || one === "member_welcome"
  );
  assert.equal(templates.length, 8);
  for (const template of templates) {
    for (const access of ["grace", "suspended", "none"]) {
      // Also of a member whose other membership goes on.
      assert.equal(skipOf(template, { membership: { access } }), "no_access", template);
    }
  }
});
