import type { WelcomeState } from "@core/agents/cash.ts";
import { type I18n, LANGUAGE_NAMES } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { AgentMemberFile } from "../../site/agent_members.ts";
import type { Membership } from "../../site/membership.ts";
import { buttonClass } from "../Button.tsx";
import { Card, type Fact, Facts } from "../Card.tsx";
import { phoneHref } from "../Contact.tsx";

/** Props of {@linkcode MemberFacts}. */
export interface MemberFactsProps {
  readonly i18n: I18n;
  readonly here: string;
  readonly member: AgentMemberFile;
  /** How far the invitation to the account is, for who paid in cash. */
  readonly welcome: WelcomeState;
}

/** A member's membership, and how to reach them. */
export function MemberFacts({ i18n, here, member, welcome }: MemberFactsProps) {
  const { t } = i18n;
  const { phone, email, membership } = member;
  const facts: Fact[] = [
    { name: t("member.card.number"), value: member.memberNumber },
    { name: t("membership.facts.plan"), value: "plan" in membership ? membership.plan : null },
    { name: t("agent.member.until"), value: untilOf(i18n, membership) },
    { name: t("help.phone"), value: phone && <a href={phoneHref(phone)}>{phone}</a> },
    { name: t("desk.email"), value: <a href={`mailto:${email}`}>{email}</a> },
    { name: t("staff.member.language"), value: LANGUAGE_NAMES[member.locale] },
    { name: t("desk.branch"), value: member.branchName },
    { name: t("member.profile.member_since"), value: i18n.date(member.createdAt) },
  ];
  const isUnclaimed = welcome !== "none" && welcome !== "claimed";
  return (
    <Card title={t("admin.members.membership")}>
      <Facts facts={facts.filter(({ value }) => value !== null && value !== "")} />
      {isUnclaimed && (
        <form method="post" action={here} class="stack" data-testid="welcome">
          <input type="hidden" name="act" value="welcome" />
          <p class="fine">{t(`agent.welcome.${welcome}`)}</p>
          <SubmitOnce
            text={t("agent.welcome.again")}
            busyText={t("form.busy")}
            class={buttonClass("secondary")}
            testId="welcome-again"
          />
        </form>
      )}
    </Card>
  );
}

/** Until when the membership runs, and whether it goes on by itself. */
function untilOf(i18n: I18n, membership: Membership): string | null {
  if (!("until" in membership) || membership.until === null) return null;
  const date = i18n.date(membership.until);
  switch (membership.kind) {
    case "active":
      return i18n.t("agent.member.until.renews", { date });
    case "ending":
      return i18n.t("agent.member.until.ends", { date });
    default:
      return date;
  }
}
