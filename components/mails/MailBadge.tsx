import type { I18n } from "@core/platform/i18n.ts";
import { type ListedMail, type MailStanding, standingOf } from "../../site/mail_ledger.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";

const TONES: Readonly<Record<MailStanding, BadgeTone>> = {
  error: "bad",
  returned: "bad",
  complained: "bad",
  pending: "warning",
  sent: "good",
  delivered: "good",
  skipped: "neutral",
};

/** Props of {@linkcode MailBadge}. */
export interface MailBadgeProps {
  readonly i18n: I18n;
  readonly mail: Pick<ListedMail, "status" | "deliveredAt" | "bouncedAt" | "complainedAt">;
}

/** Where a mail stands. */
export function MailBadge({ i18n, mail }: MailBadgeProps) {
  const standing = standingOf(mail);
  return <Badge tone={TONES[standing]} text={i18n.t(`mails.state.${standing}`)} />;
}
