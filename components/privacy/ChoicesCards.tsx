import { portalOf } from "@core/identity/roles.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Choices, Consent } from "../../site/privacy.ts";
import type { Viewer } from "../../site/viewer.ts";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode AgreedCard} and {@linkcode MailsCard}. */
export interface ChoicesProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly viewer: Pick<Viewer, "role" | "createdAt">;
  readonly choices: Choices;
}

const TEXTS = ["terms", "privacy"] as const;

/** To which texts a person agreed, and when. */
export function AgreedCard({ i18n, locale, viewer, choices }: ChoicesProps) {
  const { t } = i18n;
  const told = TEXTS.flatMap((kind) => {
    const consent = choices.consents.find((one) => one.kind === kind);
    if (consent !== undefined) return [{ kind, when: whenOf(i18n, consent) }];
    // Who registered before each agreement was noted did agree then: the form says so.
    if (portalOf(viewer.role) !== "member") return [];
    return [{ kind, when: t("privacy.agreed.registered", { date: i18n.date(viewer.createdAt) }) }];
  });
  return (
    <section class="card" aria-labelledby="agreed">
      <h2 class="card-title" id="agreed">{t("privacy.agreed")}</h2>
      {told.length > 0 && (
        <dl class="facts" data-testid="consents">
          {told.map(({ kind, when }) => (
            <div key={kind}>
              <dt>
                <a href={`/${locale}/legal/${kind}`}>{t(`legal.${kind}.title`)}</a>
              </dt>
              <dd>{when}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="fine">
        <Rich
          text={t("privacy.agreed.cookies")}
          parts={{ cookies: <a href={`/${locale}/legal/cookies`}>{t("legal.cookies.title")}</a> }}
        />
      </p>
    </section>
  );
}

function whenOf({ t, date }: I18n, { kind, version, given, at }: Consent): string {
  if (!given) return t("privacy.agreed.taken_back", { date: date(at) });
  const key = kind === "privacy" ? "privacy.agreed.shown" : "privacy.agreed.on";
  return t(key, { date: date(at), version });
}

/** Which mails a person gets, and where to change it. */
export function MailsCard({ i18n, locale, viewer, choices }: ChoicesProps) {
  const { t } = i18n;
  const yesOrNo = (wanted: boolean) => t(wanted ? "privacy.mails.yes" : "privacy.mails.no");
  const { helpful, mails } = choices;
  return (
    <section class="card" aria-labelledby="mails">
      <h2 class="card-title" id="mails">{t("privacy.mails")}</h2>
      {portalOf(viewer.role) !== "member" ? <p>{t("privacy.mails.work")}</p> : (
        <>
          <dl class="facts" data-testid="mail-choices">
            <div>
              <dt>{t("privacy.mails.helpful")}</dt>
              <dd>{yesOrNo(helpful)}</dd>
            </div>
            <div>
              <dt>{t("notifications.settings.updates")}</dt>
              <dd>{yesOrNo(mails.emailClaimUpdates)}</dd>
            </div>
            <div>
              <dt>{t("notifications.settings.messages")}</dt>
              <dd>{yesOrNo(mails.emailMessages)}</dd>
            </div>
          </dl>
          <ul class="links">
            <li>
              <a href={`/${locale}/member/settings#settings-mails`}>
                {t("privacy.mails.change_helpful")}
              </a>
            </li>
            <li>
              <a href={`/${locale}/notifications/settings`}>{t("privacy.mails.change_claims")}</a>
            </li>
          </ul>
          <p class="fine">{t("settings.always")}</p>
        </>
      )}
    </section>
  );
}
