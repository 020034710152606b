import type { MembershipAccess } from "@core/billing/membership.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";

const TONES: Readonly<Record<MembershipAccess, BadgeTone>> = {
  active: "good",
  grace: "warning",
  suspended: "bad",
  none: "neutral",
};

/** Props of {@linkcode AccessBadge}. */
export interface AccessBadgeProps {
  readonly i18n: I18n;
  readonly access: MembershipAccess;
  /** Whether the account is switched on. */
  readonly isActive: boolean;
}

/** What a person's membership allows. */
export function AccessBadge({ i18n, access, isActive }: AccessBadgeProps) {
  if (!isActive) return <Badge tone="bad" text={i18n.t("admin.members.locked")} />;
  return <Badge tone={TONES[access]} text={i18n.t(`member.status.${access}`)} />;
}
