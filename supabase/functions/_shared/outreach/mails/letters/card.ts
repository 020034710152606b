/** The member's card, as letters show it. */
import type { FactsOf } from "../facts.ts";
import type { Block, Desk, Fact } from "../letter.ts";
import { oneLine } from "../people.ts";

type Membership = FactsOf<"welcome">["details"];

/** Name, number and how long it counts, as far as they are known. */
export function membershipCard(desk: Desk, details: Membership): Block {
  const { i18n, person } = desk;
  const facts: Fact[] = [];
  const name = oneLine(person.fullName ?? "");
  if (name !== "") facts.push({ label: i18n.t("member.card.name"), value: name });
  if (person.memberNumber !== null) {
    facts.push({ label: i18n.t("member.card.number"), value: person.memberNumber });
  }
  if (details.periodEnd !== null) {
    const value = i18n.date(new Date(details.periodEnd));
    facts.push({ label: i18n.t("member.card.until"), value });
  }
  return {
    kind: "card",
    plan: details.planName === null ? i18n.t("site.name") : oneLine(details.planName),
    badge: i18n.t("member.status.active"),
    facts,
  };
}
