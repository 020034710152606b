import { EvidenceBox } from "../claims/EvidenceBox.tsx";
import { DocumentList } from "../claims/DocumentList.tsx";
import type { MessageKey } from "@core/platform/i18n.ts";
import { deskHref, type DeskProps } from "./desk.ts";

/** Props of {@linkcode DeskDocuments}. */
export interface DeskDocumentsProps extends DeskProps {
  /** Whether the reader adds and deletes documents, and sees who opened them. */
  readonly mayAct: boolean;
  /** What was wrong with the file of the plain form. */
  readonly fileProblem: MessageKey | null;
}

/** The claim's documents, each with who opened it last. */
export function DeskDocuments(props: DeskDocumentsProps) {
  const { i18n, locale, viewer, portal, desk, here, mayAct, fileProblem } = props;
  const { t } = i18n;
  const { claim, record, uses } = desk;
  return (
    <section class="card" id="documents" aria-labelledby="documents-title">
      <h2 class="card-title" id="documents-title">{t("claim.documents")}</h2>
      <div data-live="documents">
        {record.documents.length === 0 ? <p>{t("claim.no_documents")}</p> : (
          <DocumentList
            i18n={i18n}
            reader={viewer}
            documents={record.documents}
            actions={({ id, name }) => {
              if (!mayAct) return null;
              const use = uses.find(({ documentId }) => documentId === id);
              const times = use?.times ?? 0;
              return (
                <a href={deskHref(locale, portal, claim.id, `/documents/${id}`)}>
                  {use === undefined
                    ? t("staff.document.unopened")
                    : use.lastBy === null
                    ? i18n.plural("staff.document.opened", times)
                    : i18n.plural("staff.document.opened_by", times, { name: use.lastBy })}
                  <span class="visually-hidden">{` ${name}`}</span>
                </a>
              );
            }}
          />
        )}
      </div>
      {mayAct && claim.isOpen && (
        <EvidenceBox
          i18n={i18n}
          action={`${here}#documents`}
          url={deskHref(locale, portal, claim.id, "/evidence")}
          formId={crypto.randomUUID()}
          present={record.documents.length}
          category="correspondence"
          label={t("staff.document.add")}
          problem={fileProblem}
        />
      )}
    </section>
  );
}
