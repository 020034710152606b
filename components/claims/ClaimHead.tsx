import { type Claim, isCancelled } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { DateTime } from "../DateTime.tsx";
import { ClaimStatus, nextStepKey, statusKey } from "./ClaimStatus.tsx";

/** Props of {@linkcode ClaimHead}. */
export interface ClaimHeadProps {
  readonly i18n: I18n;
  readonly claim: Claim;
}

/** The usual way of a claim; going to court is drawn for those who go. */
const USUAL_WAY = ["submitted", "verification", "evaluation", "negotiation", "resolved"] as const;

/** What the claim is, where it stands and what happens next. */
export function ClaimHead({ i18n, claim }: ClaimHeadProps) {
  const { t } = i18n;
  const reason = isCancelled(claim) ? null : claim.statusReason;
  return (
    <header class="claim-head">
      <p class="claim-head-line">
        <span class="number">{claim.claimNumber}</span>
        <ClaimStatus i18n={i18n} status={claim.status} statusReason={claim.statusReason} />
      </p>
      <h1>{claim.title}</h1>
      <p class="lead" data-testid="claim-next">{t(nextStepKey(claim))}</p>
      {reason && (
        <blockquote class="claim-reason">
          <p class="entry-text">{reason}</p>
        </blockquote>
      )}
      {claim.status !== "rejected" && <Way i18n={i18n} status={claim.status} />}
      <p class="fine">
        {t("claim.since")} <DateTime i18n={i18n} when={claim.statusChangedAt} />
      </p>
    </header>
  );
}

/** How far a claim has come, drawn as the spans of a bridge. */
export function Way({ i18n, status }: Pick<ClaimHeadProps, "i18n"> & Pick<Claim, "status">) {
  const way = status === "court"
    ? [...USUAL_WAY.slice(0, 4), "court" as const, "resolved" as const]
    : USUAL_WAY;
  const place = (way as readonly string[]).indexOf(status);
  return (
    <ol class="spans spans-way" aria-label={i18n.t("claim.way")}>
      {way.map((name, at) => (
        <li key={name} class={at <= place ? "span-reached" : undefined}>
          <span class="span" aria-current={at === place ? "step" : undefined}>
            <span class="span-name">{i18n.t(statusKey({ status: name }))}</span>
            {at < place && <span class="visually-hidden">{i18n.t("claim.way.done")}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
