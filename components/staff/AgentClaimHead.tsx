import { type Claim, isCancelled } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { ClaimStatus, nextStepKey } from "../claims/ClaimStatus.tsx";

/** Props of {@linkcode AgentClaimHead}. */
export interface AgentClaimHeadProps {
  readonly i18n: I18n;
  readonly claim: Claim;
}

/** What the claim is and where it stands, for the agent whom its member may ask. */
export function AgentClaimHead({ i18n, claim }: AgentClaimHeadProps) {
  const { t } = i18n;
  const reason = isCancelled(claim) ? null : claim.statusReason;
  return (
    <div class="desk-head">
      <h1>{claim.title}</h1>
      <p class="desk-head-line">
        <span class="number">{claim.claimNumber}</span>
        <ClaimStatus i18n={i18n} status={claim.status} statusReason={claim.statusReason} />
      </p>
      <p class="fine">{t("staff.member_reads", { text: t(nextStepKey(claim)) })}</p>
      {reason && (
        <blockquote class="claim-reason">
          <p class="entry-text">{reason}</p>
        </blockquote>
      )}
    </div>
  );
}
