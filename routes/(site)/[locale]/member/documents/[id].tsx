import { HttpError, page } from "fresh";
import { readDocumentAccesses, readOwnDocument } from "@core/claims/document_store.ts";
import { Card } from "../../../../../components/Card.tsx";
import { AccessList } from "../../../../../components/claims/AccessList.tsx";
import { FileLines, OpenLinks } from "../../../../../components/claims/DocumentList.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { claimHref } from "../../../../../site/claim_links.ts";
import { claimIdOf } from "../../../../../site/claim_pages.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { define } from "../../../../../utils.ts";

/** One document, and who opened it. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const id = claimIdOf(ctx);
    const [document, accesses] = await state.db((tx) =>
      Promise.all([readOwnDocument(tx, viewerOf(state).id, id), readDocumentAccesses(tx, id)])
    );
    if (document === null) throw new HttpError(404);
    return page({ document, accesses });
  },
});

export default define.page<typeof handler>(function OneDocument({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { document, accesses } = data;
  return (
    <Page i18n={i18n} title={document.name} ready="member-document-page-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/member/documents`}>{t("documents.title")}</a>
        </p>
        <h1 class="breakable document-title">{document.name}</h1>
        <p class="lead">
          <a
            href={claimHref(
              locale,
              document.claimId,
              document.claimStatus === "draft" ? "/edit/evidence" : "",
            )}
          >
            {document.claimTitle || t("claim.untitled")}
          </a>
        </p>
      </header>
      <div class="columns">
        <Card title={t("documents.file")}>
          <FileLines i18n={i18n} file={document} />
          <div class="document-ways">
            <OpenLinks i18n={i18n} document={document} />
          </div>
        </Card>
        <Card title={t("documents.accesses")}>
          <AccessList i18n={i18n} accesses={accesses} />
        </Card>
      </div>
    </Page>
  );
});
