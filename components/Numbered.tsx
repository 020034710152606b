import type { I18n } from "@core/platform/i18n.ts";
import { withQuery } from "../site/links.ts";
import { ButtonLink } from "./Button.tsx";

/** Props of {@linkcode Numbered}. */
export interface NumberedProps {
  readonly i18n: I18n;
  /** Address of the list without its query. */
  readonly path: string;
  /** The list's filter. */
  readonly query: Readonly<Record<string, string | null>>;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  /** Rows of all pages. */
  readonly total: number;
}

/** The way through a list of numbered pages. */
export function Numbered({ i18n, path, query, page, perPage, total }: NumberedProps) {
  const pages = Math.max(1, Math.ceil(total / perPage));
  if (pages === 1 && page === 1) return null;
  const href = (to: number) => withQuery(path, { ...query, page: to === 1 ? null : `${to}` });
  return (
    <nav class="actions" aria-label={i18n.t("queue.pages")}>
      {page > 1 && (
        <ButtonLink href={href(Math.min(page - 1, pages))} kind="secondary">
          {i18n.t("queue.previous")}
        </ButtonLink>
      )}
      <span class="fine">{i18n.t("list.page", { page, pages })}</span>
      {page < pages && (
        <ButtonLink href={href(page + 1)} kind="secondary">{i18n.t("queue.next")}</ButtonLink>
      )}
    </nav>
  );
}

/**
 * The number of a page as an address says it; what makes no sense is the first.
 *
 * @param query The address' query.
 */
export function pageNumber(query: Pick<URLSearchParams, "get">): number {
  const text = query.get("page") ?? "";
  return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 1;
}
