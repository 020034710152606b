import { HttpError } from "fresh";
import type { MessageKey } from "@core/platform/i18n.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { PublicLayout } from "../../components/layouts/PublicLayout.tsx";
import { Page } from "../../components/Page.tsx";
import { viewOf } from "../../components/view.ts";
import type { Stop } from "../../site/switches.ts";
import { define } from "../../utils.ts";

type ErrorWords = Stop | "forbidden" | "not_found" | "too_large" | "too_many" | "unavailable";

/** Which words go with which status; every other one means that we broke something. */
const WORDS: Readonly<Record<number, ErrorWords>> = {
  400: "forbidden",
  403: "forbidden",
  404: "not_found",
  413: "too_large",
  415: "forbidden",
  429: "too_many",
  503: "unavailable",
};

const READY: Readonly<Record<string, string>> = {
  "not_found": "not-found-page",
  maintenance: "maintenance-page",
};

export default define.page(function ErrorPage(props) {
  const { error, state } = props;
  const { i18n, locale } = state;
  const status = error instanceof HttpError ? error.status : 500;
  const words = state.stop ?? WORDS[status] ?? "broken";
  const key = (part: "title" | "text"): MessageKey => `error.${words}.${part}`;
  const content = (
    <Page
      i18n={i18n}
      title={i18n.t(key("title"))}
      ready={READY[words] ?? "error-page"}
      class="wrap"
    >
      <EmptyState title={i18n.t(key("title"))} text={i18n.t(key("text"))}>
        {words !== "maintenance" && (
          <ButtonLink href={`/${locale}`}>{i18n.t("nav.back_home")}</ButtonLink>
        )}
        {status >= 500 && state.stop === null && (
          <p class="fine">{i18n.t("error.reference", { id: state.requestId })}</p>
        )}
      </EmptyState>
    </Page>
  );
  // Without the database not even the tenant is known.
  if (state.tenant === undefined) return <main class="main main-bare">{content}</main>;
  return <PublicLayout view={viewOf(props)}>{content}</PublicLayout>;
});
