import type { I18n } from "@core/platform/i18n.ts";
import { withQuery } from "../site/links.ts";
import { ButtonLink } from "./Button.tsx";

/** Props of {@linkcode PageSteps}. */
export interface PageStepsProps {
  readonly i18n: I18n;
  /** Address of the list without its query. */
  readonly path: string;
  /** The list's filter. */
  readonly query: Readonly<Record<string, string | null>>;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  /** How many rows there are in all. */
  readonly total: number;
}

/** The way through a list by numbered pages. */
export function PageSteps({ i18n, path, query, page, perPage, total }: PageStepsProps) {
  const last = Math.max(1, Math.ceil(total / perPage));
  if (last === 1) return null;
  const href = (to: number) => withQuery(path, { ...query, page: to === 1 ? null : String(to) });
  return (
    <nav class="actions" aria-label={i18n.t("queue.pages")}>
      {page > 1 && (
        <ButtonLink href={href(page - 1)} kind="secondary">{i18n.t("queue.previous")}</ButtonLink>
      )}
      {page < last && (
        <ButtonLink href={href(page + 1)} kind="secondary">{i18n.t("queue.next")}</ButtonLink>
      )}
    </nav>
  );
}
