import { page } from "fresh";
import { Badge } from "../../../../../../components/Badge.tsx";
import { ButtonLink } from "../../../../../../components/Button.tsx";
import { Facts } from "../../../../../../components/Card.tsx";
import { DateTime } from "../../../../../../components/DateTime.tsx";
import { EmptyState } from "../../../../../../components/EmptyState.tsx";
import { Notice } from "../../../../../../components/Notice.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import { QrCode } from "../../../../../../components/QrCode.tsx";
import { ownCard } from "../../../../../../site/card_page.ts";
import { define } from "../../../../../../utils.ts";

/** The card to show, with its code. */
export const handler = define.handlers({
  GET: async ({ state }) => page({ card: await ownCard(state) }),
});

export default define.page<typeof handler>(function CardPage({ data: { card }, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  if (card === null || card.address === null) {
    return (
      <Page i18n={i18n} title={t("card.title")} ready="member-membership-card-ready" class="page">
        <EmptyState title={t("card.none.title")} text={t("card.none.text")}>
          <ButtonLink href={`/${locale}/member/membership`}>{t("membership.title")}</ButtonLink>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page i18n={i18n} title={t("card.title")} ready="member-membership-card-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/member/membership`}>{t("membership.title")}</a>
        </p>
        <h1>{t("card.title")}</h1>
        {card.isValid && <p class="lead">{t("card.text")}</p>}
      </header>
      {!card.isValid && (
        <Notice kind="warning" title={t("card.not_valid.title")}>
          <p>{t("card.not_valid.text")}</p>
          <p>
            <a href={`/${locale}/member/membership`}>{t("membership.title")}</a>
          </p>
        </Notice>
      )}
      <div class="card-both" data-valid={String(card.isValid)}>
        <section class="card">
          <div class="title-row">
            <h2 class="card-title">{card.fullName}</h2>
            <Badge
              tone={card.isValid ? "good" : "bad"}
              text={t(card.isValid ? "card.valid" : "card.not_valid")}
            />
          </div>
          <Facts
            facts={[
              { name: t("card.number"), value: card.cardNumber },
              { name: t("member.card.number"), value: card.memberNumber ?? "–" },
              { name: t("membership.facts.plan"), value: card.planName ?? "–" },
              ...(card.isValid && card.expiresAt !== null
                ? [{
                  name: t("member.card.until"),
                  value: <DateTime i18n={i18n} when={card.expiresAt} />,
                }]
                : []),
            ]}
          />
        </section>
        <div class="card-code">
          <QrCode text={card.address} label={t("card.code")} />
          <p>{t("card.code.hint")}</p>
        </div>
      </div>
      {card.isValid && (
        <p>
          <ButtonLink href={`/${locale}/member/membership/card/pdf`} kind="secondary">
            {t("card.print")}
          </ButtonLink>
        </p>
      )}
    </Page>
  );
});
