import type { I18n, Locale } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { DeskDocumentData } from "../../site/desk_document.ts";
import { buttonClass } from "../Button.tsx";
import { Card } from "../Card.tsx";
import { AccessList } from "../claims/AccessList.tsx";
import { FileLines, OpenLinks } from "../claims/DocumentList.tsx";
import { Page } from "../Page.tsx";
import { TextArea } from "../TextArea.tsx";
import { deskHref } from "./desk.ts";
import { FormProblem } from "./FormProblem.tsx";

/** Props of {@linkcode DocumentDesk}. */
export interface DocumentDeskProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly data: DeskDocumentData;
}

/** One document: who opened it, and how to take it away. */
export function DocumentDesk({ i18n, locale, data }: DocumentDeskProps) {
  const { t } = i18n;
  const { portal, claim, document, accesses, typed, problems } = data;
  return (
    <Page i18n={i18n} title={document.name} ready="staff-document-ready" class="page">
      <header class="page-head">
        <p>
          <a href={deskHref(locale, portal, claim.id, "#documents")}>
            {claim.claimNumber} {claim.title}
          </a>
        </p>
        <h1 class="breakable document-title">{document.name}</h1>
      </header>
      <div class="columns">
        <Card title={t("documents.file")}>
          <FileLines i18n={i18n} file={document} />
          <p class="document-ways">
            <OpenLinks i18n={i18n} document={document} />
          </p>
          <details class="more" open={problems.length > 0}>
            <summary>{t("staff.document.delete")}</summary>
            <form
              method="post"
              action={deskHref(locale, portal, claim.id, `/documents/${document.id}`)}
              class="form"
              novalidate
            >
              <FormProblem i18n={i18n} problems={problems} />
              <TextArea
                i18n={i18n}
                label={t("staff.document.reason")}
                hint={t("staff.document.reason_hint")}
                name="reason"
                rows={2}
                maxLength={500}
                value={typed["reason"]}
                problems={problems}
              />
              <div>
                <SubmitOnce
                  text={t("staff.document.delete")}
                  busyText={t("form.busy")}
                  class={buttonClass("secondary")}
                  testId="document-delete"
                />
              </div>
            </form>
          </details>
        </Card>
        <Card title={t("documents.accesses")}>
          <AccessList i18n={i18n} accesses={accesses} />
        </Card>
      </div>
    </Page>
  );
}
