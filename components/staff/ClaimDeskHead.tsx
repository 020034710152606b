import { Badge } from "../Badge.tsx";
import { nextStepKey } from "../claims/ClaimStatus.tsx";
import { isCancelled } from "@core/claims/claim.ts";
import { Moment } from "../Moment.tsx";
import type { DeskProps } from "./desk.ts";
import { dueTone, dueWords } from "./due.ts";
import { StageBadge } from "./StageBadge.tsx";

/** What the claim is, where it stands, what is due, and what its member reads of that. */
export function ClaimDeskHead({ i18n, desk, now }: Pick<DeskProps, "i18n" | "desk" | "now">) {
  const { t } = i18n;
  const { claim, row } = desk;
  const reason = isCancelled(claim) ? null : claim.statusReason;
  return (
    <div class="desk-head">
      <h1>{claim.title || t("queue.untitled")}</h1>
      <p class="desk-head-line">
        {claim.claimNumber && <span class="number">{claim.claimNumber}</span>}
        <StageBadge i18n={i18n} status={claim.status} />
        {row.dueAt !== null && (
          <span class="desk-due">
            <Badge tone={dueTone(row, now)} text={dueWords(i18n, row, now)} />
            <span class="fine">
              <Moment i18n={i18n} when={row.dueAt} />
            </span>
          </span>
        )}
        {row.dueAt === null && claim.isOpen && <span class="fine">{t("queue.part.none")}</span>}
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
