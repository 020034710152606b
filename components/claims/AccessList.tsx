import type { DocumentAccess } from "@core/claims/timeline.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Moment } from "../Moment.tsx";

/** Ways in which a document is opened; each has words. */
const WAYS: Readonly<Record<string, "download" | "view" | "link" | "shared">> = {
  "document.download": "download",
  "document.view": "view",
  "document.signed_url_issued": "link",
  "document.share_opened": "shared",
};

/** Props of {@linkcode AccessList}. */
export interface AccessListProps {
  readonly i18n: I18n;
  /** The latest first. */
  readonly accesses: readonly DocumentAccess[];
}

/** Who opened a document, how, and when. */
export function AccessList({ i18n, accesses }: AccessListProps) {
  const { t } = i18n;
  if (accesses.length === 0) return <p>{t("documents.accesses.none")}</p>;
  return (
    <ul class="accesses" data-testid="document-accesses">
      {accesses.map((access) => (
        <li key={`${access.accessedAt.getTime()} ${access.action} ${access.accessedByName}`}>
          <Moment i18n={i18n} when={access.accessedAt} />
          <span>
            <strong>{nameOf(i18n, access)}</strong>{" "}
            {t(`documents.access.${WAYS[access.action] ?? "view"}`)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function nameOf(i18n: I18n, access: DocumentAccess): string {
  if (access.isMe) return i18n.t("claim.by.you");
  if (access.action === "document.share_opened") return i18n.t("documents.access.stranger");
  return access.accessedByName ?? i18n.t("claim.by.staff");
}
