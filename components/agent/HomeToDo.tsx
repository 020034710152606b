import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Attention, AttentionReason } from "../../site/agent_attention.ts";
import type { AgentHome } from "../../site/agent_home.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { attentionHref, attentionText } from "./attention.ts";
import { ToDo } from "./ToDo.tsx";

/** Props of {@linkcode HomeToDo}. */
export interface HomeToDoProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly home: AgentHome;
}

const ICONS: Readonly<Record<AttentionReason, IconName>> = {
  suspended: "lock",
  unpaid: "warning",
  asked: "paper",
  "follow_up": "phone",
  ending: "clock",
};

/** Everything that waits, what costs most if it is left first. */
export function HomeToDo({ i18n, locale, home }: HomeToDoProps) {
  const { t } = i18n;
  const { expiring, returned, attention } = home;
  if (expiring.length + returned.length + attention.length === 0) {
    return (
      <p class="nothing" data-testid="nothing-to-do">
        <Icon name="check" />
        {t("agent.home.nothing")}
      </p>
    );
  }
  const about = (reason: AttentionReason) => (
    <ToDo
      id={reason}
      icon={ICONS[reason]}
      title={t(`agent.attention.${reason}`)}
      lines={attention.filter((one) => one.reason === reason).map((one) => ({
        key: keyOf(one),
        href: attentionHref(locale, one),
        name: one.memberName,
        what: attentionText(i18n, one),
        isUrgent: reason === "suspended",
      }))}
    />
  );
  return (
    <div class="to-dos">
      <ToDo
        id="returned"
        icon="camera"
        title={t("agent.home.returned")}
        lines={returned.map(({ leadId, name, status, note }) => ({
          key: leadId,
          href: `/${locale}/agent/leads/${leadId}`,
          name,
          what: note ?? t(`agent.cash.status.${status}`),
          isUrgent: true,
        }))}
      />
      <ToDo
        id="expiring"
        icon="clock"
        title={t("agent.home.expiring")}
        lines={expiring.map(({ id, name, expiresAt }) => ({
          key: id,
          href: `/${locale}/agent/leads/${id}`,
          name,
          what: t("agent.lead.expires", { date: i18n.date(expiresAt) }),
        }))}
      />
      {about("suspended")}
      {about("unpaid")}
      {about("asked")}
      {about("follow_up")}
      {about("ending")}
    </div>
  );
}

function keyOf({ reason, memberId, claimId, noteId }: Attention): string {
  return `${reason} ${claimId ?? noteId ?? memberId}`;
}
