/** Letters about a member's case. They say that there is something to see, not what it is about. */
import type { MessageKey } from "@core/platform/i18n.ts";
import type { FactsOf } from "../facts.ts";
import type { Block, Desk, Letter, Step } from "../letter.ts";
import { oneLine } from "../people.ts";

type Case = FactsOf<"claim_message">["details"];

const WHY: MessageKey = "mail.why.case";

/** The case has arrived: what happens with it now. */
export function submitted(desk: Desk, details: Case): Letter {
  const { t } = desk.i18n;
  const step = (name: "read" | "ask" | "say"): Step => ({
    title: t(`mail.claim_submitted.${name}.title`),
    text: t(`mail.claim_submitted.${name}.text`),
  });
  return {
    subject: t("mail.claim_submitted.subject", numbered(details)),
    preheader: t("mail.claim_submitted.preheader"),
    title: t("mail.claim_submitted.title"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.claim_submitted.text") },
      facts(desk, details),
      { kind: "heading", text: t("mail.claim_submitted.next") },
      { kind: "steps", steps: [step("read"), step("ask"), step("say")] },
      open(desk, details, "mail.case.button"),
    ],
  };
}

/** The case has moved on: where it stands, and what that means. */
export function statusChanged(
  desk: Desk,
  details: FactsOf<"claim_status_changed">["details"],
): Letter {
  const { t } = desk.i18n;
  const status = t(`mail.claim.${details.status}.title`);
  return {
    subject: t("mail.claim_status_changed.subject", numbered(details)),
    preheader: status,
    title: status,
    why: WHY,
    blocks: [
      { kind: "text", text: t(`mail.claim.${details.status}.text`) },
      facts(desk, details),
      ...quote(t("mail.claim_status_changed.note"), details.note),
      open(desk, details, "mail.case.button"),
    ],
  };
}

/** Somebody wrote in the case; what it says is read after signing in. */
export function message(desk: Desk, details: Case): Letter {
  const { t } = desk.i18n;
  return {
    subject: t("mail.claim_message.subject", numbered(details)),
    preheader: t("mail.claim_message.preheader"),
    title: t("mail.claim_message.title"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.claim_message.text") },
      facts(desk, details),
      open(desk, details, "mail.claim_message.button"),
      { kind: "note", text: t("mail.case.privacy") },
    ],
  };
}

/** A paper is missing, and which one. */
export function documentRequested(
  desk: Desk,
  details: FactsOf<"claim_document_requested">["details"],
): Letter {
  const { t } = desk.i18n;
  const wanted = quote(t("mail.claim_document_requested.wanted"), details.note);
  return {
    subject: t("mail.claim_document_requested.subject", numbered(details)),
    preheader: t("mail.claim_document_requested.preheader"),
    title: t("mail.claim_document_requested.title"),
    why: WHY,
    blocks: [
      {
        kind: "text",
        text: wanted.length > 0
          ? t("mail.claim_document_requested.text")
          : t("mail.claim_document_requested.text_open"),
      },
      ...wanted,
      facts(desk, details),
      open(desk, details, "mail.claim_document_requested.button"),
      { kind: "note", text: t("mail.claim_document_requested.cannot") },
    ],
  };
}

function numbered({ claimNumber }: Case): { number: string } {
  return { number: oneLine(claimNumber) };
}

function facts({ i18n: { t } }: Desk, { claimNumber, title }: Case): Block {
  return {
    kind: "facts",
    facts: [
      { label: t("mail.case.number"), value: oneLine(claimNumber) },
      { label: t("mail.case.title"), value: oneLine(title) },
    ],
  };
}

function open(desk: Desk, { claimId }: Case, label: MessageKey): Block {
  return {
    kind: "button",
    label: desk.i18n.t(label),
    href: desk.page(`member/claims/${claimId}`),
  };
}

function quote(title: string, text: string | null): Block[] {
  return text === null || text.trim() === "" ? [] : [{ kind: "quote", title, text }];
}
