import { page } from "fresh";
import { readDrafts, readSentClaims } from "@core/claims/claim_store.ts";
import { LANGUAGE_NAMES } from "@core/platform/i18n.ts";
import { ButtonLink } from "../../../../components/Button.tsx";
import { Card, type Fact, Facts } from "../../../../components/Card.tsx";
import { ClaimCards } from "../../../../components/claims/ClaimCards.tsx";
import { DraftList } from "../../../../components/claims/DraftList.tsx";
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

/** Claims and drafts that the dashboard shows; all of them have a page of their own. */
const SHOWN = 3;

export const handler = define.handlers({
  async GET({ state }) {
    const { id } = viewerOf(state);
    // The button that pays what is open leads to Paddle by way of a redirect.
    state.policy = { "form-action": checkoutOrigins(state.services.env.paddle) };
    const now = state.services.clock.now();
    const [membership, drafts, claims] = await state.db((tx) =>
      Promise.all([
        readMembership(tx, id, now),
        readDrafts(tx, id),
        readSentClaims(tx, id, null, SHOWN),
      ])
    );
    return page({ membership, drafts: drafts.slice(0, SHOWN), claims: claims.slice(0, SHOWN) });
  },
});

export default define.page<typeof handler>(function Dashboard({ data, state }) {
  const { membership, drafts, claims } = data;
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
        {drafts.length > 0 && <DraftList i18n={i18n} locale={locale} drafts={drafts} />}
        {claims.length > 0 && (
          <section class="section" aria-labelledby="my-claims">
            <h2 id="my-claims">{t("claims.title")}</h2>
            <ClaimCards i18n={i18n} locale={locale} claims={claims} />
            <p>
              <a href={`/${locale}/member/claims`}>{t("claims.all")}</a>
            </p>
          </section>
        )}
        <div class="columns">
          <Card title={t("member.happened.title")}>
            <p>{t("member.happened.text")}</p>
            <ContactLines tenant={tenant} />
            <div class="actions card-end">
              <ButtonLink href={`/${locale}/member/claims/new`} kind="secondary">
                {t("claims.new")}
              </ButtonLink>
              <ButtonLink href={`/${locale}/help#first`} kind="quiet">
                {t("member.happened.guide")}
              </ButtonLink>
            </div>
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
