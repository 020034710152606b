import { page } from "fresh";
import { type OwnDocument, readOwnDocuments } from "@core/claims/document_store.ts";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { DocumentList } from "../../../../../components/claims/DocumentList.tsx";
import { EmptyState } from "../../../../../components/EmptyState.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { claimHref } from "../../../../../site/claim_links.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { cursorOf, readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { define } from "../../../../../utils.ts";

/** Documents of a page. */
const PER_PAGE = 40;

/** All documents of a member's claims. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const { id } = viewerOf(state);
    const after = readCursor(url.searchParams.get("after"));
    const rows = await state.db((tx) => readOwnDocuments(tx, id, after, PER_PAGE));
    const cursor = cursorOf(rows, PER_PAGE);
    return page({
      documents: rows.slice(0, PER_PAGE),
      next: cursor && writeCursor(cursor),
      isFirst: after === null,
    });
  },
});

export default define.page<typeof handler>(function Documents({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { documents, next, isFirst } = data;
  return (
    <Page i18n={i18n} title={t("documents.title")} ready="member-documents-page-ready" class="page">
      {documents.length === 0 && isFirst
        ? (
          <EmptyState title={t("documents.none.title")} text={t("documents.none.text")}>
            <ButtonLink href={`/${locale}/member/claims`}>{t("claims.title")}</ButtonLink>
          </EmptyState>
        )
        : (
          <>
            <header class="page-head">
              <h1>{t("documents.title")}</h1>
              <p class="lead">{t("documents.text")}</p>
            </header>
            {byClaim(documents).map(([first, own]) => (
              <section class="section" key={first.claimId} aria-labelledby={`of-${first.id}`}>
                <h2 id={`of-${first.id}`}>
                  <a href={claimHref(locale, first.claimId)}>
                    {first.claimTitle || t("claim.untitled")}
                  </a>
                </h2>
                {first.claimNumber && <p class="fine number">{first.claimNumber}</p>}
                <DocumentList
                  i18n={i18n}
                  reader={viewerOf(state)}
                  documents={own}
                  actions={({ id, name }) => (
                    <a href={`/${locale}/member/documents/${id}`}>
                      {t("evidence.who_opened")}
                      <span class="visually-hidden">{` ${name}`}</span>
                    </a>
                  )}
                />
              </section>
            ))}
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
          </>
        )}
    </Page>
  );
});

/** The documents of each claim together, claims in the order of their latest document. */
function byClaim(documents: readonly OwnDocument[]) {
  const claims = new Map<string, [OwnDocument, OwnDocument[]]>();
  for (const document of documents) {
    const present = claims.get(document.claimId);
    if (present) present[1].push(document);
    else claims.set(document.claimId, [document, [document]]);
  }
  return [...claims.values()];
}
