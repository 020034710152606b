import { portalOf, type Role } from "@core/identity/roles.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { Rich } from "../Rich.tsx";

/** Kinds of data, in their order, for members and for those who work here. */
const OF_MEMBERS = ["person", "membership", "claims", "mails", "security"] as const;
const OF_OTHERS = ["person", "work", "security"] as const;

/** Props of {@linkcode KeptCard}. */
export interface KeptCardProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly role: Role;
}

/** What is kept about a person, and what for. */
export function KeptCard({ i18n, locale, role }: KeptCardProps) {
  const { t } = i18n;
  const kinds = portalOf(role) === "member" ? OF_MEMBERS : OF_OTHERS;
  return (
    <section class="card" aria-labelledby="kept">
      <h2 class="card-title" id="kept">{t("privacy.kept")}</h2>
      <dl class="kept">
        {kinds.map((kind) => (
          <div key={kind}>
            <dt>{t(`privacy.kept.${kind}`)}</dt>
            <dd>{t(`privacy.kept.${kind}.text`)}</dd>
          </div>
        ))}
      </dl>
      <p>
        <Rich
          text={t("privacy.kept.notice")}
          parts={{
            privacy: <a href={`/${locale}/legal/privacy`}>{t("legal.privacy.link")}</a>,
          }}
        />
      </p>
    </section>
  );
}
