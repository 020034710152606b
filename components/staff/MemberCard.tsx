import { LANGUAGE_NAMES } from "@core/platform/i18n.ts";
import { AccessBadge } from "../admin/AccessBadge.tsx";
import { Card, type Fact, Facts } from "../Card.tsx";
import { phoneHref } from "../Contact.tsx";
import { deskHref, type DeskProps } from "./desk.ts";
import { StageBadge } from "./StageBadge.tsx";

/** Whose claim it is, how to reach them, and what else they asked us for. */
export function MemberCard(
  { i18n, locale, portal, desk }: Pick<DeskProps, "i18n" | "locale" | "portal" | "desk">,
) {
  const { t } = i18n;
  const { member, others } = desk;
  if (member === null) {
    return (
      <Card title={t("role.member")}>
        <p>{t("staff.member.hidden")}</p>
      </Card>
    );
  }
  const { phone, email, locale: language } = member;
  const facts: Fact[] = [
    {
      name: t("admin.members.membership"),
      value: <AccessBadge i18n={i18n} access={member.access} isActive={member.isActive} />,
    },
    { name: t("member.card.number"), value: member.memberNumber },
    { name: t("help.phone"), value: phone && <a href={phoneHref(phone)}>{phone}</a> },
    { name: t("desk.email"), value: <a href={`mailto:${email}`}>{email}</a> },
    { name: t("staff.member.language"), value: language && LANGUAGE_NAMES[language] },
    { name: t("role.agent"), value: member.agentName },
    { name: t("desk.branch"), value: desk.branchName ?? member.branchName },
    { name: t("member.profile.member_since"), value: i18n.date(member.createdAt) },
  ];
  const name = member.fullName || email;
  return (
    <Card title={t("role.member")}>
      <p class="desk-whose">
        {portal === "admin" ? <a href={`/${locale}/admin/members/${member.id}`}>{name}</a> : name}
      </p>
      <Facts facts={facts.filter(({ value }) => value !== null && value !== "")} />
      {others.length > 0 && (
        <div class="others">
          <h3>{t("staff.member.others")}</h3>
          <ul>
            {others.map((other) => (
              <li key={other.id}>
                <a href={deskHref(locale, portal, other.id)}>{other.title}</a>
                <StageBadge i18n={i18n} status={other.status} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}
