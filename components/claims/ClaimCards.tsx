import type { Claim } from "@core/claims/claim.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { claimHref } from "../../site/claim_links.ts";
import { DateTime } from "../DateTime.tsx";
import { Icon } from "../Icon.tsx";
import { ClaimStatus, nextStepKey } from "./ClaimStatus.tsx";

/** A claim as a card shows it. */
export interface CardClaim extends Claim {
  readonly unread: number;
  readonly asked: number;
}

/** Props of {@linkcode ClaimCards}. */
export interface ClaimCardsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly claims: readonly CardClaim[];
}

/** Claims that were sent: where each stands, and what is wanted of the member. */
export function ClaimCards({ i18n, locale, claims }: ClaimCardsProps) {
  const { t } = i18n;
  return (
    <ol class="claims">
      {claims.map((claim) => (
        <li key={claim.id} class="claim-card" data-testid="claim">
          <div class="claim-card-head">
            <ClaimStatus i18n={i18n} status={claim.status} statusReason={claim.statusReason} />
            <span class="fine number">{claim.claimNumber}</span>
          </div>
          <h3>
            <a href={claimHref(locale, claim.id)}>{claim.title}</a>
          </h3>
          <p class="claim-card-next">
            {t(nextStepKey(claim))}
          </p>
          {(claim.asked > 0 || claim.unread > 0) && (
            <p class="claim-card-news">
              {claim.asked > 0 && (
                <span class="news">
                  <Icon name="paper" size={18} />
                  {i18n.plural("claims.asked", claim.asked)}
                </span>
              )}
              {claim.unread > 0 && (
                <span class="news">
                  <Icon name="speech" size={18} />
                  {i18n.plural("claims.unread", claim.unread)}
                </span>
              )}
            </p>
          )}
          <p class="fine">
            {claim.company} · <DateTime i18n={i18n} when={claim.submittedAt ?? claim.createdAt} />
          </p>
        </li>
      ))}
    </ol>
  );
}
