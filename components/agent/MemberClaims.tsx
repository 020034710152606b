import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { MemberClaim } from "../../site/agent_members.ts";
import { Card } from "../Card.tsx";
import { ClaimStatus } from "../claims/ClaimStatus.tsx";

/** Props of {@linkcode MemberClaims}. */
export interface MemberClaimsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly claims: readonly MemberClaim[];
}

/** How far a member's claims are, each with the way to its conversation. */
export function MemberClaims({ i18n, locale, claims }: MemberClaimsProps) {
  const { t } = i18n;
  return (
    <Card title={t("agent.claims.short")}>
      {claims.length === 0 ? <p>{t("agent.member.no_claims")}</p> : (
        <>
          <ul class="claim-lines">
            {claims.map((claim) => (
              <li key={claim.id} data-testid="member-claim">
                <span class="stacked-start">
                  <a href={`/${locale}/agent/claims/${claim.id}`}>{claim.title}</a>
                  <span class="fine number">{claim.claimNumber}</span>
                </span>
                <ClaimStatus
                  i18n={i18n}
                  status={claim.status}
                  statusReason={claim.statusReason}
                />
              </li>
            ))}
          </ul>
          <p class="fine">{t("agent.member.claims.hint")}</p>
        </>
      )}
    </Card>
  );
}
