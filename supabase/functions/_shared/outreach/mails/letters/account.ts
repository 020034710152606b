/** Letters about a person's account. */
import type { MessageKey } from "@core/platform/i18n.ts";
import type { FactsOf } from "../facts.ts";
import type { Desk, Letter } from "../letter.ts";
import { greetingName, oneLine } from "../people.ts";

const WHY: MessageKey = "mail.why.account";

/** The way to a new password. */
export function passwordReset(desk: Desk, details: FactsOf<"password_reset">["details"]): Letter {
  const { t, plural } = desk.i18n;
  return {
    subject: t("mail.password_reset.subject"),
    preheader: t("mail.password_reset.preheader"),
    title: t("mail.password_reset.subject"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.password_reset.text") },
      { kind: "button", label: t("mail.password_reset.button"), href: details.link },
      { kind: "note", text: plural("mail.password_reset.expires", details.expiresInMinutes) },
      {
        kind: "callout",
        tone: "calm",
        title: t("mail.password_reset.not_you.title"),
        text: t("mail.password_reset.not_you.text"),
      },
    ],
  };
}

/** The password is another now; whoever did not do it learns of it. */
export function passwordChanged(
  desk: Desk,
  details: FactsOf<"password_changed">["details"],
): Letter {
  const { t, dateTime } = desk.i18n;
  const when = dateTime(new Date(details.changedAt));
  return {
    subject: t("mail.password_changed.subject"),
    preheader: t("mail.password_changed.preheader"),
    title: t("mail.password_changed.subject"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.password_changed.text", { when }) },
      {
        kind: "callout",
        tone: "warm",
        title: t("mail.password_reset.not_you.title"),
        text: t("mail.password_changed.not_you.text"),
      },
      {
        kind: "button",
        label: t("mail.password_changed.button"),
        href: desk.page("forgot-password"),
      },
    ],
  };
}

/** Somebody opened an account, and the address has to be theirs. */
export function confirmSignup(desk: Desk, details: FactsOf<"confirm_signup">["details"]): Letter {
  const { t } = desk.i18n;
  return {
    subject: t("mail.confirm_signup.subject"),
    preheader: t("mail.confirm_signup.preheader"),
    title: t("mail.confirm_signup.subject"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.confirm_signup.text") },
      { kind: "button", label: t("mail.confirm_signup.button"), href: details.link },
      { kind: "note", text: t("mail.confirm_signup.not_you") },
    ],
  };
}

/** Goes to a new address, which has to be the person's. */
export function confirmAddress(desk: Desk, details: FactsOf<"email_change">["details"]): Letter {
  const { t } = desk.i18n;
  return {
    subject: t("mail.email_change.subject"),
    preheader: t("mail.email_change.preheader"),
    title: t("mail.email_change.subject"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.email_change.text") },
      { kind: "button", label: t("mail.confirm_signup.button"), href: details.link },
      { kind: "note", text: t("mail.confirm_signup.not_you") },
    ],
  };
}

/** Goes to the address that was: whoever did not do it learns of it. */
export function addressChanged(desk: Desk, details: FactsOf<"email_changed">["details"]): Letter {
  const { t, dateTime } = desk.i18n;
  return {
    subject: t("mail.email_changed.subject"),
    preheader: t("mail.email_changed.preheader"),
    title: t("mail.email_changed.subject"),
    why: WHY,
    blocks: [
      {
        kind: "text",
        text: t("mail.email_changed.text", { when: dateTime(new Date(details.changedAt)) }),
      },
      {
        kind: "callout",
        tone: "warm",
        title: t("mail.password_reset.not_you.title"),
        text: t("mail.email_changed.not_you.text"),
      },
      { kind: "button", label: t("mail.email_changed.button"), href: desk.page("help") },
    ],
  };
}

/** Somebody is to work with us, or to become a member. */
export function invitation(
  desk: Desk,
  details: FactsOf<"invitation">["details"],
  tenantName: string,
): Letter {
  const { t, dateTime } = desk.i18n;
  const tenant = oneLine(tenantName);
  const inviter = greetingName(details.inviterName) ?? tenant;
  const asMember = details.role === "member";
  return {
    subject: t(asMember ? "mail.invitation.member.subject" : "mail.invitation.subject"),
    preheader: t("mail.invitation.preheader", { inviter }),
    title: t("mail.invitation.title"),
    why: "mail.why.invitation",
    blocks: [
      {
        kind: "text",
        text: t(asMember ? "mail.invitation.member.text" : "mail.invitation.text", {
          inviter,
          tenant,
        }),
      },
      {
        kind: "facts",
        facts: [
          { label: t("mail.invitation.role"), value: t(`role.${details.role}`) },
          { label: t("mail.invitation.until"), value: dateTime(new Date(details.expiresAt)) },
        ],
      },
      { kind: "button", label: t("mail.invitation.button"), href: details.link },
      { kind: "note", text: t("mail.invitation.not_expected") },
    ],
  };
}
