import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Membership } from "../../site/membership.ts";
import type { Viewer } from "../../site/viewer.ts";
import { ButtonLink } from "../Button.tsx";
import { MembershipCard } from "../MembershipCard.tsx";

/** Props of {@linkcode DoneActive}. */
export interface DoneActiveProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly membership: Membership;
}

/** The end of a purchase: the membership is active. */
export function DoneActive({ i18n, locale, viewer, membership }: DoneActiveProps) {
  const { t } = i18n;
  const until = "until" in membership ? membership.until : null;
  return (
    <div class="done">
      <div class="done-words">
        <h1>{t("done.active.title")}</h1>
        {until && <p class="lead">{t("done.active.text", { date: i18n.date(until) })}</p>}
        {viewer.memberNumber && <p>{t("done.active.number", { number: viewer.memberNumber })}</p>}
        <div class="actions">
          <ButtonLink href={`/${locale}/member`} large>{t("done.active.button")}</ButtonLink>
        </div>
      </div>
      <MembershipCard i18n={i18n} viewer={viewer} membership={membership} />
    </div>
  );
}
