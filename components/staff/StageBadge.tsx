import type { ClaimStatus } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";

const TONES: Readonly<Record<ClaimStatus, BadgeTone>> = {
  draft: "neutral",
  submitted: "warning",
  verification: "info",
  evaluation: "info",
  negotiation: "info",
  court: "info",
  resolved: "good",
  rejected: "neutral",
};

/** Props of {@linkcode StageBadge}. */
export interface StageBadgeProps {
  readonly i18n: I18n;
  readonly status: ClaimStatus;
}

/** Where a claim stands, by the name that those who work on it use. */
export function StageBadge({ i18n, status }: StageBadgeProps) {
  return <Badge tone={TONES[status]} text={i18n.t(`queue.status.${status}`)} />;
}
