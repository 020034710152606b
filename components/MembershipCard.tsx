import type { I18n } from "@core/platform/i18n.ts";
import type { Membership } from "../site/membership.ts";
import { displayName, type Viewer } from "../site/viewer.ts";
import { Badge, type BadgeTone } from "./Badge.tsx";
import { DateTime } from "./DateTime.tsx";
import { LogoMark } from "./Logo.tsx";
import { CardArches } from "./pictures/CardArches.tsx";

const TONES: Readonly<Record<Membership["kind"], BadgeTone>> = {
  active: "good",
  ending: "good",
  grace: "warning",
  suspended: "bad",
  paused: "neutral",
  ended: "neutral",
  none: "neutral",
};

/** Props of {@linkcode MembershipCard}. */
export interface MembershipCardProps {
  readonly i18n: I18n;
  readonly viewer: Viewer;
  readonly membership: Membership;
}

/** The member's card: who, which number, how long it counts. Without a membership it is an outline. */
export function MembershipCard({ i18n, viewer, membership }: MembershipCardProps) {
  const { kind } = membership;
  const until = "until" in membership ? membership.until : null;
  const plan = "plan" in membership ? membership.plan : null;
  return (
    <section class={`member-card member-card-${kind}`} aria-label={i18n.t("member.card.label")}>
      <CardArches />
      <header>
        <span class="member-card-brand">
          <LogoMark size={28} /> {plan ?? i18n.t("site.name")}
        </span>
        <Badge tone={TONES[kind]} text={i18n.t(statusKey(kind))} />
      </header>
      <dl>
        <div class="member-card-name">
          <dt>{i18n.t("member.card.name")}</dt>
          <dd>{displayName(viewer)}</dd>
        </div>
        {viewer.memberNumber && (
          <div>
            <dt>{i18n.t("member.card.number")}</dt>
            <dd class="number" data-testid="member-number">{viewer.memberNumber}</dd>
          </div>
        )}
        {until && kind !== "ended" && (
          <div>
            <dt>{i18n.t("member.card.until")}</dt>
            <dd data-testid="valid-until">
              <DateTime i18n={i18n} when={until} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function statusKey(kind: Membership["kind"]) {
  switch (kind) {
    case "active":
    case "ending":
      return "member.status.active";
    case "grace":
      return "member.status.grace";
    case "suspended":
      return "member.status.suspended";
    case "paused":
      return "member.status.paused";
    case "ended":
      return "member.status.ended";
    case "none":
      return "member.status.none";
  }
}
