/** Letters about what is kept about a person. */
import type { MessageKey } from "@core/platform/i18n.ts";
import type { FactsOf } from "../facts.ts";
import type { Desk, Letter } from "../letter.ts";

const WHY: MessageKey = "mail.why.account";
/** Where people see, download and delete their data. */
const PAGE = "account/privacy";

/** The copy of their data can be downloaded; whoever did not ask for it learns of it. */
export function exportReady(desk: Desk, details: FactsOf<"export_ready">["details"]): Letter {
  const { t, dateTime } = desk.i18n;
  const until = dateTime(new Date(details.expiresAt));
  return {
    subject: t("mail.export_ready.subject"),
    preheader: t("mail.export_ready.preheader"),
    title: t("mail.export_ready.subject"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.export_ready.text") },
      { kind: "button", label: t("mail.export_ready.button"), href: desk.page(PAGE) },
      { kind: "note", text: t("mail.export_ready.until", { until }) },
      {
        kind: "callout",
        tone: "warm",
        title: t("mail.password_reset.not_you.title"),
        text: t("mail.export_ready.not_you"),
      },
    ],
  };
}

/** They asked to be forgotten, and may take it back until the day. */
export function deletionRequested(
  desk: Desk,
  details: FactsOf<"deletion_requested">["details"],
): Letter {
  const { t, dateTime } = desk.i18n;
  const day = dateTime(new Date(details.dueAt));
  return {
    subject: t("mail.deletion_requested.subject"),
    preheader: t("mail.deletion_requested.preheader"),
    title: t("mail.deletion_requested.subject"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.deletion_requested.text", { day }) },
      { kind: "text", text: t("mail.deletion_requested.what") },
      { kind: "button", label: t("mail.deletion_requested.button"), href: desk.page(PAGE) },
      {
        kind: "callout",
        tone: "warm",
        title: t("mail.password_reset.not_you.title"),
        text: t("mail.deletion_requested.not_you"),
      },
    ],
  };
}
