import { page } from "fresh";
import type { IconName } from "../../../../components/Icon.tsx";
import { ButtonLink } from "../../../../components/Button.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { Page } from "../../../../components/Page.tsx";
import { BridgeScene } from "../../../../components/pictures/BridgeScene.tsx";
import { PlanList } from "../../../../components/PlanList.tsx";
import { phoneHref, SupportMail } from "../../../../components/Contact.tsx";
import { Rich } from "../../../../components/Rich.tsx";
import { Steps } from "../../../../components/Steps.tsx";
import { readPlans } from "../../../../site/plans.ts";
import { define } from "../../../../utils.ts";

const SITUATIONS = ["vehicle", "property", "injury", "travel"] as const;
const STEPS = ["join", "tell", "carry"] as const;
const PROMISES: readonly (readonly ["refund" | "plain" | "private", IconName])[] = [
  ["refund", "clock"],
  ["plain", "speech"],
  ["private", "lock"],
];
const QUESTIONS = ["insurance", "start", "renewal", "payment", "who"] as const;

export const handler = define.handlers({
  async GET({ state }) {
    return page({ plans: await state.db((tx) => readPlans(tx, state.tenant.id)) });
  },
});

export default define.page<typeof handler>(function Landing({ data: { plans }, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const cheapest = plans.filter((plan) => plan.isSelfServe)
    .toSorted((a, b) => a.priceCents - b.priceCents)[0];
  return (
    <Page i18n={i18n} title={t("landing.title")} ready="landing-page-ready">
      <section class="hero">
        <div class="wrap hero-words">
          <h1>{t("landing.headline")}</h1>
          <p class="hero-lead">{t("landing.lead")}</p>
          <div class="actions">
            <ButtonLink href={`/${locale}/pricing`} large>{t("landing.cta")}</ButtonLink>
            <ButtonLink href="#how" kind="quiet" large>{t("landing.see_how")}</ButtonLink>
          </div>
          {cheapest && (
            <p class="hero-price">
              {t("landing.cta_price", {
                price: i18n.money(cheapest.priceCents, cheapest.currency),
              })}
            </p>
          )}
        </div>
        <BridgeScene label={t("landing.picture")} />
      </section>

      <section class="wrap band" aria-labelledby="situations">
        <h2 id="situations">{t("landing.situations.title")}</h2>
        <ul class="situations">
          {SITUATIONS.map((name) => (
            <li key={name}>
              <span class="arch">
                <Icon name={name} size={34} />
              </span>
              <h3>{t(`landing.situations.${name}.title`)}</h3>
              <p>{t(`landing.situations.${name}.text`)}</p>
            </li>
          ))}
        </ul>
      </section>

      <section class="band band-mist" id="how" aria-labelledby="how-title">
        <div class="wrap">
          <h2 id="how-title">{t("landing.how.title")}</h2>
          <Steps
            steps={STEPS.map((name) => ({
              title: t(`landing.how.${name}.title`),
              text: t(`landing.how.${name}.text`),
            }))}
          />
        </div>
      </section>

      <section class="wrap band" aria-labelledby="plans">
        <div class="band-intro">
          <h2 id="plans">{t("landing.plans.title")}</h2>
          <p class="lead">{t("landing.plans.text")}</p>
        </div>
        <PlanList i18n={i18n} locale={locale} tenant={tenant} plans={plans} mode="teaser" />
      </section>

      <section class="band band-deep" aria-labelledby="promise">
        <div class="wrap">
          <h2 id="promise">{t("landing.promise.title")}</h2>
          <ul class="promises">
            {PROMISES.map(([name, icon]) => (
              <li key={name}>
                <Icon name={icon} size={28} />
                <h3>{t(`landing.promise.${name}.title`)}</h3>
                <p>{t(`landing.promise.${name}.text`)}</p>
              </li>
            ))}
          </ul>
        </div>
      </section>

      <section class="wrap band faq" aria-labelledby="faq">
        <h2 id="faq">{t("landing.faq.title")}</h2>
        <div>
          {QUESTIONS.map((name) => (
            <details key={name} class="question">
              <summary>
                {t(`landing.faq.${name}.q`)}
                <Icon name="chevron" size={20} />
              </summary>
              <p>
                <Rich
                  text={t(`landing.faq.${name}.a`)}
                  parts={{
                    "legal_name": tenant.legalName,
                    email: <SupportMail tenant={tenant} />,
                    phone: tenant.supportPhone && (
                      <a class="number" href={phoneHref(tenant.supportPhone)}>
                        {tenant.supportPhone}
                      </a>
                    ),
                  }}
                />
              </p>
            </details>
          ))}
        </div>
      </section>

      <section class="wrap closing">
        <h2>{t("landing.closing.title")}</h2>
        <p class="lead">{t("landing.closing.text")}</p>
        <ButtonLink href={`/${locale}/pricing`} large>{t("landing.cta")}</ButtonLink>
      </section>
    </Page>
  );
});
