/** Letters about a payment that is missing, and about its arrival. */
import type { MessageKey } from "@core/platform/i18n.ts";
import type { FactsOf } from "../facts.ts";
import type { Block, Desk, Fact, Letter, Moment } from "../letter.ts";
import { oneLine } from "../people.ts";
import { membershipCard } from "./card.ts";

type Dunning = FactsOf<
  "dunning_day_0" | "dunning_day_7" | "dunning_final" | "dunning_suspended"
>["details"];

const WHY: MessageKey = "mail.why.membership";

/** The payment has just failed: nothing is lost, and what happens until when. */
export function dayZero(desk: Desk, details: Dunning): Letter {
  const { t } = desk.i18n;
  return {
    subject: t("mail.dunning_day_0.subject"),
    preheader: t("mail.dunning_day_0.preheader", { date: graceEnd(desk, details) }),
    title: t("mail.dunning_day_0.title"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.dunning_day_0.text") },
      ...owed(desk, details),
      payButton(desk),
      { kind: "note", text: t("mail.dunning.button_hint") },
      ...whatHappensWhen(desk, details),
    ],
  };
}

/** Half of the grace period is over: perhaps something is in the way. */
export function daySeven(desk: Desk, details: Dunning): Letter {
  const { i18n: { t, date } } = desk;
  return {
    subject: t("mail.dunning_day_7.subject"),
    preheader: t("mail.dunning_day_7.preheader", { date: graceEnd(desk, details) }),
    title: t("mail.dunning_day_7.title", { date: graceEnd(desk, details) }),
    why: WHY,
    blocks: [
      {
        kind: "text",
        text: t("mail.dunning_day_7.text", { date: date(new Date(details.pastDueAt)) }),
      },
      { kind: "text", text: t("mail.dunning_day_7.help") },
      ...owed(desk, details),
      payButton(desk),
      { kind: "note", text: t("mail.dunning.button_hint") },
      ...whatHappensWhen(desk, details),
      { kind: "note", text: t("mail.dunning.leave") },
    ],
  };
}

/** The grace period is about to end; the hour is told, as a caught-up mail may come late. */
export function finalWarning(desk: Desk, details: Dunning): Letter {
  const { i18n: { t, date, dateTime } } = desk;
  const when = dateTime(new Date(details.graceEndsAt));
  return {
    subject: t("mail.dunning_final.subject", { date: graceEnd(desk, details) }),
    preheader: t("mail.dunning_final.preheader"),
    title: t("mail.dunning_final.title", { when }),
    why: WHY,
    blocks: [
      {
        kind: "text",
        text: t("mail.dunning_final.text", { date: date(new Date(details.pastDueAt)) }),
      },
      { kind: "callout", tone: "warm", title: null, text: t("mail.dunning_final.means") },
      ...owed(desk, details),
      payButton(desk),
      { kind: "note", text: t("mail.dunning.button_hint") },
      { kind: "note", text: t("mail.dunning.leave") },
    ],
  };
}

/** The grace period is over: what that means, and the way back. */
export function suspended(desk: Desk, details: Dunning): Letter {
  const { i18n: { t, date } } = desk;
  return {
    subject: t("mail.dunning_suspended.subject"),
    preheader: t("mail.dunning_suspended.preheader"),
    title: t("mail.dunning_suspended.subject"),
    why: WHY,
    blocks: [
      {
        kind: "text",
        text: t("mail.dunning_suspended.text", { date: date(new Date(details.pastDueAt)) }),
      },
      { kind: "heading", text: t("mail.dunning_suspended.means") },
      {
        kind: "points",
        mark: "dot",
        points: [
          { text: t("mail.dunning_suspended.means.1") },
          { text: t("mail.dunning_suspended.means.2") },
          { text: t("mail.dunning_suspended.means.3") },
        ],
      },
      ...owed(desk, details),
      payButton(desk, t("mail.dunning_suspended.button")),
      { kind: "note", text: t("mail.dunning.button_hint") },
      { kind: "note", text: t("mail.dunning.leave") },
    ],
  };
}

/** What was missing has arrived. */
export function recovered(
  desk: Desk,
  details: FactsOf<"dunning_recovered">["details"],
): Letter {
  const { t } = desk.i18n;
  return {
    subject: t("mail.dunning_recovered.subject"),
    preheader: t("mail.dunning_recovered.preheader"),
    title: t("mail.dunning_recovered.title"),
    why: WHY,
    blocks: [
      { kind: "text", text: t("mail.dunning_recovered.text") },
      membershipCard(desk, details),
      { kind: "text", text: t("mail.dunning_recovered.thanks") },
      { kind: "button", label: t("mail.membership.button"), href: desk.page("member") },
    ],
  };
}

function payButton(desk: Desk, label = desk.i18n.t("mail.dunning.button")): Block {
  return { kind: "button", label, href: desk.page("member/membership") };
}

function owed(desk: Desk, details: Dunning): Block[] {
  const { t, money } = desk.i18n;
  const { amountCents, currency, planName } = details;
  const facts: Fact[] = [];
  if (planName !== null) {
    facts.push({ label: t("membership.facts.plan"), value: oneLine(planName) });
  }
  if (amountCents !== null) {
    facts.push({ label: t("mail.dunning.price"), value: money(amountCents, currency) });
  }
  return facts.length === 0 ? [] : [{ kind: "facts", facts }];
}

function whatHappensWhen(desk: Desk, details: Dunning): Block[] {
  const { t, date, dateTime } = desk.i18n;
  const times: Moment[] = [
    { when: date(new Date(details.pastDueAt)), what: t("mail.dunning.failed") },
    {
      when: t("mail.dunning.until", { date: graceEnd(desk, details) }),
      what: t("mail.dunning.goes_on"),
    },
    { when: dateTime(new Date(details.graceEndsAt)), what: t("mail.dunning.suspends") },
  ];
  return [{ kind: "heading", text: t("mail.dunning.when") }, { kind: "times", times }];
}

function graceEnd(desk: Desk, { graceEndsAt }: Dunning): string {
  return desk.i18n.date(new Date(graceEndsAt));
}
