import { page } from "fresh";
import type { Claim } from "@core/claims/claim.ts";
import { type ListedClaim, readDrafts, readSentClaims } from "@core/claims/claim_store.ts";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { ClaimCards } from "../../../../../components/claims/ClaimCards.tsx";
import { DraftList } from "../../../../../components/claims/DraftList.tsx";
import { EmptyState } from "../../../../../components/EmptyState.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { viewerOf } from "../../../../../site/guards.ts";
import { cursorOf, readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { define } from "../../../../../utils.ts";

interface ClaimsData {
  readonly drafts: readonly Claim[];
  readonly claims: readonly ListedClaim[];
  /** Where the next page begins; null if this is the last. */
  readonly next: string | null;
  readonly isFirst: boolean;
}

/** Claims of a page. */
const PER_PAGE = 20;

export const handler = define.handlers({
  async GET({ state, url }) {
    const { id } = viewerOf(state);
    const after = readCursor(url.searchParams.get("after"));
    const [drafts, rows] = await state.db((tx) =>
      Promise.all([
        after === null ? readDrafts(tx, id) : Promise.resolve([]),
        readSentClaims(tx, id, after, PER_PAGE),
      ])
    );
    const cursor = cursorOf(rows, PER_PAGE);
    return page<ClaimsData>({
      drafts,
      claims: rows.slice(0, PER_PAGE),
      next: cursor && writeCursor(cursor),
      isFirst: after === null,
    });
  },
});

export default define.page<typeof handler>(function Claims({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { drafts, claims, next, isFirst } = data;
  const begin = (
    <ButtonLink href={`/${locale}/member/claims/new`} large>{t("claims.new")}</ButtonLink>
  );
  const isEmpty = isFirst && drafts.length === 0 && claims.length === 0;
  return (
    <Page i18n={i18n} title={t("claims.title")} ready="member-claims-page-ready" class="page">
      {url.searchParams.has("saved") && (
        <Notice kind="good">
          <p>{t("claims.saved")}</p>
        </Notice>
      )}
      {url.searchParams.has("cancelled") && (
        <Notice kind="good">
          <p>{t("claims.cancelled")}</p>
        </Notice>
      )}
      {isEmpty
        ? (
          <EmptyState title={t("claims.none.title")} text={t("claims.none.text")}>
            {begin}
          </EmptyState>
        )
        : (
          <>
            <header class="page-head title-row">
              <h1>{t("claims.title")}</h1>
              {begin}
            </header>
            {drafts.length > 0 && <DraftList i18n={i18n} locale={locale} drafts={drafts} />}
            <section class="section" aria-labelledby="sent">
              <h2 id="sent">{t("claims.sent")}</h2>
              {claims.length === 0
                ? <p class="nothing">{t("claims.none_sent")}</p>
                : <ClaimCards i18n={i18n} locale={locale} claims={claims} />}
              {(next !== null || !isFirst) && (
                <div class="actions">
                  {!isFirst && (
                    <ButtonLink href={url.pathname} kind="quiet">{t("claims.newest")}</ButtonLink>
                  )}
                  {next !== null && (
                    <ButtonLink href={withQuery(url.pathname, { after: next })} kind="secondary">
                      {t("claims.older")}
                    </ButtonLink>
                  )}
                </div>
              )}
            </section>
          </>
        )}
    </Page>
  );
});
