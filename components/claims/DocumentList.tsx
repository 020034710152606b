import type { ComponentChildren } from "preact";
import type { DocumentEntry } from "@core/claims/timeline.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { Moment } from "../Moment.tsx";
import { actorName, fileSize, type Reader } from "./words.ts";

/** Kinds of file that a browser shows by itself; the function decides again. */
const SHOWN = /^(image\/(jpeg|png|webp)|application\/pdf|text\/plain|audio\/)/;

/** The address from which a document is downloaded, by way of the site. */
export function downloadHref(documentId: string): string {
  return `/api/documents/${documentId}/download`;
}

/** The address at which a document is shown in the browser. */
export function viewHref(documentId: string): string {
  return `${downloadHref(documentId)}?disposition=inline`;
}

/** Whether a browser can show a file of this kind. */
export function canShow(fileType: string): boolean {
  return SHOWN.test(fileType);
}

/** The drawing of a kind of file. */
export function fileIcon(fileType: string): IconName {
  if (fileType.startsWith("image/")) return "camera";
  return fileType.startsWith("audio/") ? "speech" : "paper";
}

/** Props of {@linkcode DocumentList}. */
export interface DocumentListProps {
  readonly i18n: I18n;
  readonly reader: Reader;
  readonly documents: readonly DocumentEntry[];
  /** Whether this reader may open a document; all of them if left out. */
  readonly mayOpen?: (document: DocumentEntry) => boolean;
  /** What else can be done with a document: who opened it, delete. */
  readonly actions?: (document: DocumentEntry) => ComponentChildren;
}

/** Documents with the ways to see and to keep them. */
export function DocumentList(props: DocumentListProps) {
  const { i18n, reader, documents, mayOpen, actions } = props;
  return (
    <ul class="documents">
      {documents.map((document) => (
        <li key={document.id} id={`document-${document.id}`} data-testid="document">
          <FileLines i18n={i18n} file={document}>
            <p class="fine">
              {actorName(i18n, document.by, reader)}, <Moment i18n={i18n} when={document.at} />
            </p>
          </FileLines>
          <div class="document-ways">
            {(mayOpen?.(document) ?? true) && <OpenLinks i18n={i18n} document={document} />}
            {actions?.(document)}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Props of {@linkcode FileLines}. */
export interface FileLinesProps {
  readonly i18n: I18n;
  readonly file: { readonly name: string; readonly fileType: string; readonly fileSize: number };
  readonly children?: ComponentChildren;
}

/** A file's name, kind and size. */
export function FileLines({ i18n, file, children }: FileLinesProps) {
  return (
    <div class="file">
      <span class="file-icon">
        <Icon name={fileIcon(file.fileType)} size={22} />
      </span>
      <div>
        <p class="file-name">{file.name}</p>
        <p class="fine">
          {kindOf(i18n, file.fileType)}, {fileSize(i18n, file.fileSize)}
        </p>
        {children}
      </div>
    </div>
  );
}

function kindOf(i18n: I18n, fileType: string): string {
  if (fileType.startsWith("image/")) return i18n.t("evidence.kind.image");
  if (fileType.startsWith("audio/")) return i18n.t("evidence.kind.audio");
  return i18n.t(fileType === "application/pdf" ? "evidence.kind.pdf" : "evidence.kind.text");
}

/** The ways to look at a document and to keep it. */
export function OpenLinks(
  { i18n, document }: { readonly i18n: I18n; readonly document: DocumentEntry },
) {
  const named = <span class="visually-hidden">{` ${document.name}`}</span>;
  return (
    <>
      {canShow(document.fileType) && (
        <a href={viewHref(document.id)} target="_blank" rel="noopener">
          {i18n.t("evidence.view")}
          {named}
        </a>
      )}
      <a href={downloadHref(document.id)} download>
        {i18n.t("evidence.download")}
        {named}
      </a>
    </>
  );
}
