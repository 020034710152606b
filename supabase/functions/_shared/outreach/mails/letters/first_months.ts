/** Letters of a member's first months: each helps with one thing. */
import type { MessageKey } from "@core/platform/i18n.ts";
import type { FactsOf } from "../facts.ts";
import type { Block, Desk, Letter, Point, Step } from "../letter.ts";
import { membershipCard } from "./card.ts";

type Membership = FactsOf<"welcome">["details"];

const OPTIONAL: MessageKey = "mail.why.optional";

/** The membership has begun: number, card, and what to do first. */
export function welcome(desk: Desk, details: Membership): Letter {
  const { t } = desk.i18n;
  const step = (name: "save" | "card" | "read"): Step => ({
    title: t(`mail.welcome.${name}.title`),
    text: t(`mail.welcome.${name}.text`),
  });
  return {
    subject: t("mail.welcome.subject"),
    preheader: t("mail.welcome.preheader"),
    title: t("mail.welcome.title"),
    why: "mail.why.membership",
    blocks: [
      { kind: "text", text: t("mail.welcome.text") },
      membershipCard(desk, details),
      { kind: "heading", text: t("mail.welcome.first") },
      { kind: "steps", steps: [step("save"), step("card"), step("read")] },
      guide(desk),
      { kind: "button", label: t("mail.membership.button"), href: desk.page("member") },
    ],
  };
}

/** The membership has begun that was bought from an agent: what is left is to choose a password. */
export function memberWelcome(
  desk: Desk,
  { welcomeUrl, ...membership }: FactsOf<"member_welcome">["details"],
): Letter {
  const { t } = desk.i18n;
  return {
    subject: t("mail.member_welcome.subject"),
    preheader: t("mail.member_welcome.preheader"),
    title: t("mail.welcome.title"),
    why: "mail.why.membership",
    blocks: [
      { kind: "text", text: t("mail.member_welcome.text") },
      membershipCard(desk, membership),
      { kind: "text", text: t("mail.member_welcome.password") },
      { kind: "button", label: t("mail.member_welcome.button"), href: welcomeUrl },
      { kind: "note", text: t("mail.member_welcome.expires") },
      guide(desk),
      {
        kind: "callout",
        tone: "calm",
        title: t("mail.password_reset.not_you.title"),
        text: t("mail.member_welcome.not_you"),
      },
    ],
  };
}

/** Day 7: where the card is and how to show it. */
export function card(desk: Desk, details: Membership): Letter {
  const { t } = desk.i18n;
  const step = (name: "open" | "shot" | "say"): Step => ({
    title: t(`mail.onboarding_day_7.${name}.title`),
    text: t(`mail.onboarding_day_7.${name}.text`),
  });
  return {
    subject: t("mail.onboarding_day_7.subject"),
    preheader: t("mail.onboarding_day_7.preheader"),
    title: t("mail.onboarding_day_7.title"),
    why: OPTIONAL,
    blocks: [
      { kind: "text", text: t("mail.onboarding_day_7.text") },
      membershipCard(desk, details),
      { kind: "heading", text: t("mail.onboarding_day_7.how") },
      { kind: "steps", steps: [step("open"), step("shot"), step("say")] },
      { kind: "button", label: t("mail.onboarding_day_7.button"), href: desk.page("member") },
    ],
  };
}

/** Day 14: how to report a case, and which papers to keep. */
export function reporting(desk: Desk): Letter {
  const { t } = desk.i18n;
  const step = (name: "tell" | "send" | "hear"): Step => ({
    title: t(`mail.checkin_day_14.${name}.title`),
    text: t(`mail.checkin_day_14.${name}.text`),
  });
  const papers = ([1, 2, 3, 4, 5] as const).map((number): Point => ({
    text: t(`mail.checkin_day_14.papers.${number}`),
  }));
  return {
    subject: t("mail.checkin_day_14.subject"),
    preheader: t("mail.checkin_day_14.preheader"),
    title: t("mail.checkin_day_14.title"),
    why: OPTIONAL,
    blocks: [
      { kind: "text", text: t("mail.checkin_day_14.text") },
      { kind: "steps", steps: [step("tell"), step("send"), step("hear")] },
      { kind: "heading", text: t("mail.checkin_day_14.papers") },
      { kind: "points", mark: "tick", points: papers },
      ...memberNumber(desk),
      { kind: "button", label: t("mail.checkin_day_14.button"), href: desk.page("help#first") },
    ],
  };
}

/** Day 30: what the membership is for. */
export function coverage(desk: Desk, { planTier }: Membership): Letter {
  const { t } = desk.i18n;
  const points = (["vehicle", "property", "injury", "travel"] as const).map((name): Point => ({
    title: t(`landing.situations.${name}.title`),
    text: t(`landing.situations.${name}.text`),
  }));
  const family: Block[] = planTier === "family"
    ? [{ kind: "text", text: t("mail.retention_day_30.family") }]
    : [];
  return {
    subject: t("mail.retention_day_30.subject"),
    preheader: t("mail.retention_day_30.preheader"),
    title: t("mail.retention_day_30.title"),
    why: OPTIONAL,
    blocks: [
      { kind: "text", text: t("mail.retention_day_30.text") },
      { kind: "points", mark: "tick", points },
      ...family,
      {
        kind: "callout",
        tone: "calm",
        title: t("mail.retention_day_30.ask.title"),
        text: t("mail.retention_day_30.ask.text"),
      },
      { kind: "button", label: t("mail.retention_day_30.button"), href: desk.page("help") },
    ],
  };
}

/** Day 60: rights when a flight or a holiday goes wrong. */
export function travel(desk: Desk): Letter {
  const { t } = desk.i18n;
  const points = (["cancelled", "late", "luggage", "hotel"] as const).map((name): Point => ({
    title: t(`mail.retention_day_60.${name}.title`),
    text: t(`mail.retention_day_60.${name}.text`),
  }));
  return {
    subject: t("mail.retention_day_60.subject"),
    preheader: t("mail.retention_day_60.preheader"),
    title: t("mail.retention_day_60.title"),
    why: OPTIONAL,
    blocks: [
      { kind: "text", text: t("mail.retention_day_60.text") },
      { kind: "points", mark: "dot", points },
      {
        kind: "callout",
        tone: "calm",
        title: t("mail.retention_day_60.keep.title"),
        text: t("mail.retention_day_60.keep.text"),
      },
      { kind: "button", label: t("mail.retention_day_60.button"), href: desk.page("help") },
    ],
  };
}

/** Day 90: what to keep, and whom to call. */
export function evidence(desk: Desk): Letter {
  const { t } = desk.i18n;
  const points = (["photos", "names", "writing", "sign"] as const).map((name): Point => ({
    title: t(`mail.retention_day_90.${name}.title`),
    text: t(`mail.retention_day_90.${name}.text`),
  }));
  return {
    subject: t("mail.retention_day_90.subject"),
    preheader: t("mail.retention_day_90.preheader"),
    title: t("mail.retention_day_90.title"),
    why: OPTIONAL,
    blocks: [
      { kind: "text", text: t("mail.retention_day_90.text") },
      { kind: "points", mark: "tick", points },
      { kind: "callout", tone: "calm", title: null, text: t("mail.retention_day_90.call") },
      { kind: "button", label: t("mail.retention_day_90.button"), href: desk.page("help") },
    ],
  };
}

function guide(desk: Desk): Block {
  return { kind: "link", label: desk.i18n.t("help.guide.title"), href: desk.page("help#first") };
}

function memberNumber({ i18n, person }: Desk): Block[] {
  if (person.memberNumber === null) return [];
  const label = i18n.t("member.card.number");
  return [{ kind: "facts", facts: [{ label, value: person.memberNumber }] }];
}
