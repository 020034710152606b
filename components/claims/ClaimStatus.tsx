import { type ClaimStatus as Status, isCancelled } from "@core/claims/claim.ts";
import type { I18n, MessageKey } from "@core/platform/i18n.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";

/** What the colour of a status is, everywhere. */
export const STATUS_TONES: Readonly<Record<Status, BadgeTone>> = {
  draft: "neutral",
  submitted: "info",
  verification: "info",
  evaluation: "info",
  negotiation: "info",
  court: "warning",
  resolved: "good",
  rejected: "neutral",
};

/** What a status depends on: a claim taken back by its member is not one that we refused. */
export interface Standing {
  readonly status: Status;
  readonly statusReason?: string | null;
}

/** Key of the plain words for where a claim stands. */
export function statusKey({ status, statusReason = null }: Standing): MessageKey {
  return isCancelled({ status, statusReason })
    ? "claim.status.cancelled"
    : `claim.status.${status}`;
}

/** Key of the sentence that says what happens next. */
export function nextStepKey({ status, statusReason = null }: Standing): MessageKey {
  return isCancelled({ status, statusReason }) ? "claim.next.cancelled" : `claim.next.${status}`;
}

/** Props of {@linkcode ClaimStatus}. */
export interface ClaimStatusProps extends Standing {
  readonly i18n: I18n;
}

/** Where a claim stands, in the words that members read. */
export function ClaimStatus({ i18n, ...standing }: ClaimStatusProps) {
  return (
    <span data-status={standing.status}>
      <Badge tone={STATUS_TONES[standing.status]} text={i18n.t(statusKey(standing))} />
    </span>
  );
}
