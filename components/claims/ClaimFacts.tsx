import type { Claim } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { type Fact, Facts } from "../Card.tsx";
import { Money } from "../Money.tsx";

/** Props of {@linkcode ClaimFacts}. */
export interface ClaimFactsProps {
  readonly i18n: I18n;
  readonly claim: Pick<
    Claim,
    "category" | "company" | "incidentDate" | "amountCents" | "currency" | "submittedAt"
  >;
}

/** What was told about a claim, in names and values; what was not told is left out. */
export function ClaimFacts({ i18n, claim }: ClaimFactsProps) {
  const { t } = i18n;
  const facts: Fact[] = [{ name: t("claim.company"), value: claim.company || "–" }];
  if (claim.category !== null) {
    facts.push({ name: t("claim.step.category"), value: t(`claim.category.${claim.category}`) });
  }
  if (claim.incidentDate !== null) {
    // Noon: the same day in every time zone of ours.
    const day = new Date(`${claim.incidentDate}T12:00:00Z`);
    facts.push({
      name: t("claim.incident"),
      value: <time dateTime={claim.incidentDate}>{i18n.date(day)}</time>,
    });
  }
  if (claim.amountCents !== null) {
    facts.push({
      name: t("claim.amount"),
      value: <Money i18n={i18n} cents={claim.amountCents} currency={claim.currency} />,
    });
  }
  if (claim.submittedAt !== null) {
    facts.push({ name: t("claim.sent_on"), value: i18n.dateTime(claim.submittedAt) });
  }
  return <Facts facts={facts} />;
}
