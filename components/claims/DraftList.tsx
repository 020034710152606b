import type { Claim } from "@core/claims/claim.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { claimHref } from "../../site/claim_links.ts";
import { Icon } from "../Icon.tsx";
import { Moment } from "../Moment.tsx";

/** Props of {@linkcode DraftList}. */
export interface DraftListProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly drafts: readonly Claim[];
}

/** What was begun and not sent, on whatever device. */
export function DraftList({ i18n, locale, drafts }: DraftListProps) {
  const { t } = i18n;
  return (
    <section class="section" aria-labelledby="drafts">
      <h2 id="drafts">{t("claims.drafts")}</h2>
      <ul class="drafts">
        {drafts.map((draft) => (
          <li key={draft.id} data-testid="draft">
            <Icon name="pen" size={22} />
            <div>
              <p class="draft-title">
                <a href={claimHref(locale, draft.id, continueAt(draft))}>
                  {draft.title || (draft.category === null
                    ? t("claim.untitled")
                    : t(`claim.category.${draft.category}`))}
                </a>
              </p>
              <p class="fine">
                {t("claims.draft.changed")} <Moment i18n={i18n} when={draft.updatedAt} />
              </p>
            </div>
            <a class="draft-drop" href={claimHref(locale, draft.id, "/cancel")}>
              {t("claims.draft.delete")}
              <span class="visually-hidden">{` ${draft.title}`}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The step to go on with: the first that lacks something, else the last. */
function continueAt(draft: Claim): string {
  if (draft.category === null) return "/edit/category";
  const told = draft.title !== "" && draft.company !== "" && draft.description !== "";
  return told ? "/edit/review" : "/edit/story";
}
