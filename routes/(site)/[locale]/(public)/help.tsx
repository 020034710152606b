import type { IconName } from "../../../../components/Icon.tsx";
import { phoneHref } from "../../../../components/Contact.tsx";
import { Icon } from "../../../../components/Icon.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { define } from "../../../../utils.ts";

const GUIDE: readonly (readonly ["safe" | "photos" | "names" | "sign" | "call", IconName])[] = [
  ["safe", "warning"],
  ["photos", "camera"],
  ["names", "pen"],
  ["sign", "stop"],
  ["call", "phone"],
];

export default define.page(function Help({ state }) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  return (
    <Page i18n={i18n} title={t("help.title")} ready="help-page-ready" class="wrap page">
      <header class="page-head">
        <h1>{t("help.headline")}</h1>
        <p class="lead">{t("help.lead")}</p>
      </header>
      <div class="reach">
        {tenant.supportPhone && (
          <a class="reach-way" href={phoneHref(tenant.supportPhone)}>
            <Icon name="phone" size={30} />
            <span class="reach-label">{t("help.phone")}</span>
            <strong class="number">{tenant.supportPhone}</strong>
            <span>{t("help.phone_hint")}</span>
          </a>
        )}
        {tenant.supportEmail && (
          <a class="reach-way" href={`mailto:${tenant.supportEmail}`}>
            <Icon name="mail" size={30} />
            <span class="reach-label">{t("help.email")}</span>
            <strong>{tenant.supportEmail}</strong>
            <span>{t("help.email_hint")}</span>
          </a>
        )}
      </div>
      <Notice kind="info">
        <p>{t("help.emergency")}</p>
      </Notice>
      <section id="first" aria-labelledby="guide">
        <h2 id="guide">{t("help.guide.title")}</h2>
        <ol class="guide">
          {GUIDE.map(([name, icon]) => (
            <li key={name}>
              <span class="arch">
                <Icon name={icon} size={26} />
              </span>
              <div>
                <h3>{t(`help.guide.${name}.title`)}</h3>
                <p>{t(`help.guide.${name}.text`)}</p>
              </div>
            </li>
          ))}
        </ol>
      </section>
    </Page>
  );
});
