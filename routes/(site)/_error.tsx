import { HttpError } from "fresh";
import { bestLocale, i18nFor, type MessageKey } from "@core/platform/i18n.ts";
import { ButtonLink } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { PublicLayout } from "../../components/layouts/PublicLayout.tsx";
import { Page } from "../../components/Page.tsx";
import { viewOf } from "../../components/view.ts";
import { localeOfPath } from "../../site/links.ts";
import { define } from "../../utils.ts";

/** Which words go with which status; every other one means that we broke something. */
const WORDS: Readonly<Record<number, "forbidden" | "not_found" | "too_large" | "unavailable">> = {
  403: "forbidden",
  404: "not_found",
  413: "too_large",
  415: "forbidden",
  503: "unavailable",
};

export default define.page(function ErrorPage(props) {
  const { error, state, url, req } = props;
  const status = error instanceof HttpError ? error.status : 500;
  const words = WORDS[status] ?? "broken";
  // The failure may have come before the language was known.
  const locale = state.locale ?? localeOfPath(url.pathname) ??
    bestLocale(req.headers.get("accept-language"), "sq");
  const i18n = state.i18n ?? i18nFor(locale);
  const key = (part: "title" | "text"): MessageKey => `error.${words}.${part}`;
  const content = (
    <Page
      i18n={i18n}
      title={i18n.t(key("title"))}
      ready={words === "not_found" ? "not-found-page" : "error-page"}
      class="wrap"
    >
      <EmptyState title={i18n.t(key("title"))} text={i18n.t(key("text"))}>
        <ButtonLink href={`/${locale}`}>{i18n.t("nav.back_home")}</ButtonLink>
        {status >= 500 && <p class="fine">{i18n.t("error.reference", { id: state.requestId })}</p>}
      </EmptyState>
    </Page>
  );
  if (state.tenant === undefined) return <main class="main main-bare">{content}</main>;
  return <PublicLayout view={viewOf(props)}>{content}</PublicLayout>;
});
