import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { AgentMemberFile } from "../../site/agent_members.ts";
import { AccessBadge } from "../admin/AccessBadge.tsx";
import { buttonClass } from "../Button.tsx";
import { phoneHref } from "../Contact.tsx";
import { Icon } from "../Icon.tsx";
import { attentionHref, attentionText } from "./attention.ts";

/** Props of {@linkcode MemberHead}. */
export interface MemberHeadProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly member: AgentMemberFile;
}

/** Who it is, how to reach them at once, and what waits. */
export function MemberHead({ i18n, locale, member }: MemberHeadProps) {
  const { t } = i18n;
  return (
    <header class="page-head">
      <p>
        <a href={`/${locale}/agent/members`}>{t("agent.members.title")}</a>
      </p>
      <div class="title-row" data-access={member.access}>
        <h1>{member.fullName || member.email}</h1>
        <AccessBadge i18n={i18n} access={member.access} isActive={member.isActive} />
      </div>
      <div class="actions">
        {member.phone && (
          <a class={buttonClass("primary")} href={phoneHref(member.phone)}>
            <Icon name="phone" size={20} />
            {t("agent.member.call")}
          </a>
        )}
        <a class={buttonClass("secondary")} href={`mailto:${member.email}`}>
          <Icon name="mail" size={20} />
          {t("agent.member.mail")}
        </a>
      </div>
      {member.attention.length > 0 && (
        <ul class="attentions" data-testid="needs-attention">
          {member.attention.map((one) => (
            <li key={`${one.reason} ${one.claimId ?? one.noteId}`} data-reason={one.reason}>
              <Icon name="warning" size={20} />
              <p>
                <strong>{t(`agent.attention.${one.reason}`)}</strong> {one.claimId === null
                  ? attentionText(i18n, one)
                  : <a href={attentionHref(locale, one)}>{attentionText(i18n, one)}</a>}
              </p>
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}
