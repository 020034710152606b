import { page } from "fresh";
import type { I18n } from "@core/platform/i18n.ts";
import { referralFigures } from "@core/agents/referral_store.ts";
import { Clicks } from "../../../../components/agent/Clicks.tsx";
import { buttonClass } from "../../../../components/Button.tsx";
import { DeskHead } from "../../../../components/DeskHead.tsx";
import { Page } from "../../../../components/Page.tsx";
import { QrCode } from "../../../../components/QrCode.tsx";
import CopyLink from "../../../../islands/CopyLink.tsx";
import ShareLink from "../../../../islands/ShareLink.tsx";
import { viewerOf } from "../../../../site/guards.ts";
import { define } from "../../../../utils.ts";

/** The agent's link, to be copied, shared and scanned, and what came of it. */
export const handler = define.handlers({
  async GET({ state }) {
    const { id, referralCode } = viewerOf(state);
    const figures = await state.db((tx) => referralFigures(tx, id));
    // Without a language: whoever follows it gets their own.
    const link = referralCode === null ? null : `${state.origin}/?ref=${referralCode}`;
    return page({ link, figures });
  },
});

export default define.page<typeof handler>(function Referral({ data, state }) {
  const { i18n } = state;
  const { t } = i18n;
  const { link, figures } = data;
  const { clicks, signUps, members } = figures;
  return (
    <Page i18n={i18n} title={t("agent.referral.title")} ready="agent-referral-ready" class="page">
      <DeskHead title={t("agent.referral.title")} text={t("desk.agent.code.text")} />
      {link === null ? <p class="nothing">{t("agent.referral.none")}</p> : (
        <div class="referral">
          <section class="card referral-code" aria-labelledby="scan">
            <h2 class="card-title" id="scan">{t("agent.referral.scan")}</h2>
            <QrCode text={link} label={t("agent.referral.qr")} />
            <p class="fine">{t("agent.referral.scan.text")}</p>
          </section>
          <section class="card" aria-labelledby="send">
            <h2 class="card-title" id="send">{t("agent.referral.send")}</h2>
            <p class="copyable" data-testid="referral-link">{link}</p>
            <div class="actions">
              <ShareLink
                url={link}
                title={t("site.name")}
                text={t("agent.referral.words")}
                label={t("agent.referral.share")}
              />
              <CopyLink text={link} copy={t("share.copy")} copied={t("share.copied")} />
            </div>
            <ul class="share-ways">
              {waysOf(`${t("agent.referral.words")} ${link}`, t("site.name")).map((way) => (
                <li key={way.name}>
                  <a class={buttonClass("secondary")} href={way.href} rel="noopener noreferrer">
                    {way.name ?? t("help.email")}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        </div>
      )}
      <section class="section" aria-labelledby="figures">
        <h2 id="figures">{t("agent.referral.figures")}</h2>
        <ul class="figures">
          <Figure i18n={i18n} what="clicks" value={clicks} />
          <Figure i18n={i18n} what="sign_ups" value={signUps} />
          <Figure i18n={i18n} what="members" value={members} />
        </ul>
        <Clicks i18n={i18n} byDay={figures.byDay} now={state.services.clock.now()} />
      </section>
    </Page>
  );
});

function Figure(
  { i18n, what, value }: {
    readonly i18n: I18n;
    readonly what: "clicks" | "sign_ups" | "members";
    readonly value: number;
  },
) {
  return (
    <li data-testid={`referral-${what}`}>
      <span class="figure-name">{i18n.t(`agent.referral.${what}`)}</span>
      <span class="figure-value">{i18n.number(value)}</span>
      <span class="fine">{i18n.t(`agent.referral.${what}.hint`)}</span>
    </li>
  );
}

/** Ways to send the link that most phones here have. */
function waysOf(words: string, subject: string) {
  const text = encodeURIComponent(words);
  return [
    { name: "WhatsApp", href: `https://wa.me/?text=${text}` },
    { name: "Viber", href: `viber://forward?text=${text}` },
    { name: "SMS", href: `sms:?&body=${text}` },
    { name: null, href: `mailto:?subject=${encodeURIComponent(subject)}&body=${text}` },
  ];
}
