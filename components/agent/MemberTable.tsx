import type { I18n, Locale } from "@core/platform/i18n.ts";
import { ATTENTION_REASONS } from "../../site/agent_attention.ts";
import type { AgentMember } from "../../site/agent_members.ts";
import { AccessBadge } from "../admin/AccessBadge.tsx";
import { Badge } from "../Badge.tsx";
import { ClaimStatus } from "../claims/ClaimStatus.tsx";
import { DataTable } from "../DataTable.tsx";
import { ATTENTION_TONES } from "./words.ts";

/** Props of {@linkcode MemberTable}. */
export interface MemberTableProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly members: readonly AgentMember[];
}

/** The members of an agent: who, whether the membership holds, how far the claim is, and what waits. */
export function MemberTable({ i18n, locale, members }: MemberTableProps) {
  const { t } = i18n;
  const root = `/${locale}/agent`;
  return (
    <DataTable
      caption={t("agent.members.title")}
      rows={members}
      keyOf={({ id }) => id}
      testId="agent-member"
      columns={[
        {
          name: t("member.card.name"),
          cell: ({ id, fullName, email, memberNumber }) => (
            <span class="stacked">
              <a href={`${root}/members/${id}`}>{fullName || email}</a>
              {memberNumber && <span class="fine number">{memberNumber}</span>}
            </span>
          ),
        },
        {
          name: t("admin.members.membership"),
          cell: (member) => <AccessBadge i18n={i18n} {...member} />,
        },
        {
          name: t("agent.members.claim"),
          cell: ({ claimId, claimStatus, claimReason, otherClaims }) =>
            claimId === null || claimStatus === null ? "–" : (
              <span class="stacked">
                <a class="quiet" href={`${root}/claims/${claimId}`}>
                  <ClaimStatus i18n={i18n} status={claimStatus} statusReason={claimReason} />
                </a>
                {otherClaims > 0 && (
                  <span class="fine">{i18n.plural("agent.members.more_claims", otherClaims)}</span>
                )}
              </span>
            ),
        },
        {
          name: t("agent.members.attention"),
          cell: ({ attention }) =>
            attention.length === 0 ? "–" : (
              <span class="badges" data-testid="needs-attention">
                {ATTENTION_REASONS.filter((reason) => attention.includes(reason)).map((reason) => (
                  <Badge
                    key={reason}
                    tone={ATTENTION_TONES[reason]}
                    text={t(`agent.attention.${reason}.short`)}
                  />
                ))}
              </span>
            ),
        },
      ]}
    />
  );
}
