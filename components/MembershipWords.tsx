import type { ComponentChildren } from "preact";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Membership } from "../site/membership.ts";
import { ButtonLink } from "./Button.tsx";
import { ActForm } from "./membership/ActForm.tsx";

/** Props of {@linkcode MembershipWords}. */
export interface MembershipWordsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly membership: Membership;
}

/** Where the membership stands, in one sentence, and what to do about it. */
export function MembershipWords({ i18n, locale, membership }: MembershipWordsProps) {
  const { t } = i18n;
  const day = (when: Date | null) => when === null ? "–" : i18n.date(when);
  const choose = <ButtonLink href={`/${locale}/pricing`} large>{t("member.choose")}</ButtonLink>;
  const help = <ButtonLink href={`/${locale}/help`} kind="secondary">{t("nav.help")}</ButtonLink>;

  switch (membership.kind) {
    case "active":
      return (
        <Words title={t("member.active.title", { date: day(membership.until) })}>
          <p class="lead">{t("member.active.renews", { date: day(membership.until) })}</p>
          {membership.from && membership.until && (
            <p class="fine">
              {t("member.period")}: {t("member.period_range", {
                from: i18n.date(membership.from),
                to: i18n.date(membership.until),
              })}
            </p>
          )}
        </Words>
      );
    case "ending":
      return (
        <Words title={t("member.ending.title", { date: day(membership.until) })}>
          <p class="lead">
            {t(membership.byHand ? "member.ending.by_hand" : "member.ending.text")}
          </p>
        </Words>
      );
    case "grace":
      return (
        <Words
          title={t("member.grace.title")}
          actions={
            <>
              <Pay i18n={i18n} locale={locale} subscriptionId={membership.subscriptionId} />
              {help}
            </>
          }
          urgent
        >
          <p class="lead">
            {i18n.plural("member.grace.days", membership.daysLeft, {
              date: day(membership.until),
            })}
          </p>
          <p>{t("member.grace.text")}</p>
        </Words>
      );
    case "suspended":
      return (
        <Words
          title={t("member.suspended.title")}
          actions={
            <>
              <Pay i18n={i18n} locale={locale} subscriptionId={membership.subscriptionId} />
              <ButtonLink
                href={`/${locale}/pricing`}
                kind={membership.subscriptionId === null ? "primary" : "secondary"}
                large={membership.subscriptionId === null}
              >
                {t("member.choose")}
              </ButtonLink>
              {help}
            </>
          }
          urgent
        >
          <p class="lead">
            {t(
              membership.because === "returned" ? "member.returned.text" : "member.suspended.text",
              {
                date: day(membership.since),
              },
            )}
          </p>
        </Words>
      );
    case "paused":
      return (
        <Words title={t("member.paused.title")} actions={help}>
          <p class="lead">{t("member.paused.text")}</p>
        </Words>
      );
    case "ended":
      return (
        <Words title={t("member.ended.title")} actions={choose}>
          <p class="lead">{t("member.ended.text", { date: day(membership.until) })}</p>
        </Words>
      );
    case "none":
      return (
        <Words title={t("member.none.title")} actions={choose}>
          <p class="lead">{t("member.none.text")}</p>
        </Words>
      );
  }
}

/** The way to Paddle, where what is open can be paid with this card or another. */
function Pay(
  { i18n, locale, subscriptionId }: Pick<MembershipWordsProps, "i18n" | "locale"> & {
    readonly subscriptionId: string | null;
  },
) {
  if (subscriptionId === null) return null;
  return (
    <ActForm
      i18n={i18n}
      locale={locale}
      act="payment"
      subscriptionId={subscriptionId}
      text={i18n.t("membership.pay.button")}
      kind="primary"
      large
    />
  );
}

interface WordsProps {
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly urgent?: boolean;
  readonly children: ComponentChildren;
}

function Words({ title, actions, urgent = false, children }: WordsProps) {
  return (
    <div
      class={urgent ? "words words-urgent" : "words"}
      role={urgent ? "alert" : undefined}
      data-testid={urgent ? "past-due-banner" : undefined}
    >
      <h1>{title}</h1>
      {children}
      {actions && <div class="actions">{actions}</div>}
    </div>
  );
}
