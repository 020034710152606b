import type { I18n, Locale } from "@core/platform/i18n.ts";
import { privacyPath } from "../../site/links.ts";
import type { PrivacyState } from "../../site/privacy.ts";
import { Icon } from "../Icon.tsx";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode WhatFollows}. */
export interface WhatFollowsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly state: PrivacyState;
  /** The day on which it would be carried out. */
  readonly dueAt: Date;
}

const GOES = ["person", "claims", "mails"] as const;
const STAYS = ["invoices", "counts", "log"] as const;

/** What becomes of everything that is kept about a person who wants to be forgotten. */
export function WhatFollows({ i18n, locale, state, dueAt }: WhatFollowsProps) {
  const { t } = i18n;
  const { openClaims, membershipEndsAt } = state;
  return (
    <>
      <p class="lead">{t("privacy.delete.when", { date: i18n.date(dueAt) })}</p>
      <section aria-labelledby="goes" class="stack">
        <h2 id="goes">{t("privacy.delete.goes")}</h2>
        <ul class="ticks">
          {GOES.map((what) => (
            <li key={what}>
              <Icon name="check" size={20} />
              <p>{t(`privacy.delete.goes.${what}`)}</p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="stays" class="stack">
        <h2 id="stays">{t("privacy.delete.stays")}</h2>
        <ul class="ticks">
          {STAYS.map((what) => (
            <li key={what}>
              <Icon name="info" size={20} />
              <p>{t(`privacy.delete.stays.${what}`)}</p>
            </li>
          ))}
        </ul>
      </section>
      {openClaims > 0 && (
        <p data-testid="open-claims">
          <strong>{i18n.plural("privacy.delete.claims", openClaims)}</strong>
        </p>
      )}
      {membershipEndsAt !== null && membershipEndsAt > dueAt && (
        <p data-testid="paid-until">
          <Rich
            text={t("privacy.delete.paid")}
            parts={{
              date: i18n.date(membershipEndsAt),
              refund: <a href={`/${locale}/legal/refund`}>{t("legal.refund.title")}</a>,
            }}
          />
        </p>
      )}
      <p>
        <Rich
          text={t("privacy.delete.copy")}
          parts={{
            link: <a href={`${privacyPath(locale)}#copy`}>{t("privacy.delete.copy.link")}</a>,
          }}
        />
      </p>
    </>
  );
}
