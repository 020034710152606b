import { page } from "fresh";
import { LANGUAGE_NAMES } from "@core/platform/i18n.ts";
import { ButtonLink } from "../../../../components/Button.tsx";
import { Card, type Fact, Facts } from "../../../../components/Card.tsx";
import { ContactLines } from "../../../../components/Contact.tsx";
import { DateTime } from "../../../../components/DateTime.tsx";
import { MembershipCard } from "../../../../components/MembershipCard.tsx";
import { MembershipWords } from "../../../../components/MembershipWords.tsx";
import { Page } from "../../../../components/Page.tsx";
import { Undeliverable } from "../../../../components/Undeliverable.tsx";
import { checkoutOrigins } from "../../../../site/checkout.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { readMembership } from "../../../../site/membership.ts";
import { displayName } from "../../../../site/viewer.ts";
import { define } from "../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state }) {
    const { id } = viewerOf(state);
    // The button that pays what is open leads to Paddle by way of a redirect.
    state.policy = { "form-action": checkoutOrigins(state.services.env.paddle) };
    const now = state.services.clock.now();
    return page({ membership: await state.db((tx) => readMembership(tx, id, now)) });
  },
});

export default define.page<typeof handler>(function Dashboard({ data: { membership }, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const viewer = viewerOf(state);
  const details: Fact[] = [
    { name: t("member.profile.email"), value: viewer.email },
    { name: t("member.profile.language"), value: LANGUAGE_NAMES[viewer.locale ?? locale] },
    {
      name: t("member.profile.member_since"),
      value: <DateTime i18n={i18n} when={viewer.createdAt} />,
    },
  ];
  return (
    <Page i18n={i18n} title={t("member.title")} ready="dashboard-page-ready" class="page">
      <div class="dashboard" data-testid="member-dashboard-ready">
        <Undeliverable i18n={i18n} tenant={tenant} viewer={viewer} />
        <p class="hello">{t("member.hello", { name: displayName(viewer) })}</p>
        <div class="dashboard-top" data-membership={membership.kind}>
          <MembershipWords i18n={i18n} locale={locale} membership={membership} />
          <MembershipCard i18n={i18n} viewer={viewer} membership={membership} />
        </div>
        <div class="columns">
          <Card title={t("member.happened.title")}>
            <p>{t("member.happened.text")}</p>
            <ContactLines tenant={tenant} />
            <p class="card-end">
              <ButtonLink href={`/${locale}/help#first`} kind="secondary">
                {t("member.happened.guide")}
              </ButtonLink>
            </p>
          </Card>
          <Card title={t("member.profile.title")}>
            <Facts facts={details} />
            <p class="card-end">
              <ButtonLink href={`/${locale}/member/settings`} kind="secondary">
                {t("member.profile.settings")}
              </ButtonLink>
            </p>
          </Card>
        </div>
      </div>
    </Page>
  );
});
