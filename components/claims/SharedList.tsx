import type { OpenedPack, SharedDocument } from "@core/claims/share_pack.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Moment } from "../Moment.tsx";
import { Notice } from "../Notice.tsx";
import { Rich } from "../Rich.tsx";
import { canShow, FileLines } from "./DocumentList.tsx";

/** Props of {@linkcode SharedList}. */
export interface SharedListProps {
  readonly i18n: I18n;
  readonly pack: Extract<OpenedPack, { outcome: "ok" }>;
  /** Key of the link. */
  readonly token: string;
  /** The PIN, which each document asks for; null for none. */
  readonly pin: string | null;
}

/** The documents of a link, with the ways to see and to keep each. */
export function SharedList({ i18n, pack, token, pin }: SharedListProps) {
  const { t } = i18n;
  return (
    <>
      <header class="page-head">
        <h1>{t("share.page.title")}</h1>
        <p class="lead">
          {t("share.page.from", { name: pack.senderName || t("site.name") })}
        </p>
        <p class="fine">
          <Rich
            text={t("share.page.until")}
            parts={{ date: <Moment i18n={i18n} when={pack.expiresAt} /> }}
          />
        </p>
      </header>
      {pack.documents.length === 0
        ? (
          <Notice kind="info">
            <p>{t("share.page.empty")}</p>
          </Notice>
        )
        : (
          <ul class="documents documents-shared">
            {pack.documents.map((document) => (
              <li key={document.position} data-testid="shared-document">
                <FileLines i18n={i18n} file={document} />
                <div class="document-ways">
                  {canShow(document.fileType) && (
                    <Open {...{ i18n, document, token, pin }} how="view" />
                  )}
                  <Open {...{ i18n, document, token, pin }} how="download" />
                </div>
              </li>
            ))}
          </ul>
        )}
      <p class="fine">{t("share.page.logged")}</p>
    </>
  );
}

/** A link, or with a PIN a form: a PIN never stands in an address. */
function Open(
  { i18n, document, token, pin, how }: {
    readonly i18n: I18n;
    readonly document: SharedDocument;
    readonly token: string;
    readonly pin: string | null;
    readonly how: "view" | "download";
  },
) {
  const address = `/api/documents/share/${token}/${document.position}`;
  const inline = how === "view";
  const words = (
    <>
      {i18n.t(`evidence.${how}`)}
      <span class="visually-hidden">{` ${document.name}`}</span>
    </>
  );
  if (pin === null) {
    return inline
      ? (
        <a href={`${address}?disposition=inline`} target="_blank" rel="noopener noreferrer">
          {words}
        </a>
      )
      : <a href={address} download>{words}</a>;
  }
  return (
    <form
      method="post"
      action={address}
      {...(inline ? { target: "_blank", rel: "noopener noreferrer" } : {})}
    >
      <input type="hidden" name="pin" value={pin} />
      {inline && <input type="hidden" name="disposition" value="inline" />}
      <button type="submit" class="link-button">{words}</button>
    </form>
  );
}
