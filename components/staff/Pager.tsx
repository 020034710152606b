import type { ClaimPage, ListPart } from "@core/claims/claim_list.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { type FilterQuery, partQuery } from "../../site/claim_filters.ts";
import { withQuery } from "../../site/links.ts";
import { ButtonLink } from "../Button.tsx";

/** Props of {@linkcode Pager}. */
export interface PagerProps {
  readonly i18n: I18n;
  /** Address of the list without its query. */
  readonly path: string;
  /** The list's filter. */
  readonly query: FilterQuery;
  readonly part: ListPart;
  readonly list: Pick<ClaimPage, "previous" | "next">;
}

/** The way through a list, forth and back. */
export function Pager({ i18n, path, query, part, list }: PagerProps) {
  const { previous, next } = list;
  const isElsewhere = part.after !== null || part.before !== null;
  if (previous === null && next === null && !isElsewhere) return null;
  return (
    <nav class="actions" aria-label={i18n.t("queue.pages")}>
      {isElsewhere && previous === null && (
        <ButtonLink href={withQuery(path, query)} kind="secondary">
          {i18n.t("queue.start")}
        </ButtonLink>
      )}
      {previous && (
        <ButtonLink
          href={withQuery(path, { ...query, ...partQuery({ before: previous }) })}
          kind="secondary"
        >
          {i18n.t("queue.previous")}
        </ButtonLink>
      )}
      {next && (
        <ButtonLink
          href={withQuery(path, { ...query, ...partQuery({ after: next }) })}
          kind="secondary"
        >
          {i18n.t("queue.next")}
        </ButtonLink>
      )}
    </nav>
  );
}
