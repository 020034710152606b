import { HttpError, page } from "fresh";
import { AppError } from "@core/platform/errors.ts";
import { ButtonLink } from "../../../../../../components/Button.tsx";
import { EmptyState } from "../../../../../../components/EmptyState.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import { isInvoiceUrl } from "../../../../../../site/checkout.ts";
import { viewerOf } from "../../../../../../site/guards.ts";
import { isUuid } from "../../../../../../site/links.ts";
import { readOwnTransactionId } from "../../../../../../site/membership_page.ts";
import { define } from "../../../../../../utils.ts";

/** Leads to Paddle's document of an invoice, whose address is good for an hour only. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const { services, requestId } = state;
    const invoiceId = ctx.params["id"] ?? "";
    if (!isUuid(invoiceId)) throw new HttpError(404);
    const { id } = viewerOf(state);
    const transactionId = await state.db((tx) => readOwnTransactionId(tx, id, invoiceId));
    if (transactionId === null) throw new HttpError(404);
    try {
      const url = await services.paddle.invoiceLink(transactionId);
      if (url !== null && isInvoiceUrl(url, services.env.paddle)) return ctx.redirect(url, 303);
      return page({ words: "missing" as const }, { status: 404 });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      services.log.warn("an invoice could not be fetched", { requestId, error });
      return page({ words: "away" as const }, { status: 503 });
    }
  },
});

export default define.page<typeof handler>(function Invoice({ data: { words }, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const title = t(`membership.invoice.${words}.title`);
  return (
    <Page i18n={i18n} title={title} ready={`invoice-${words}`}>
      <EmptyState title={title} text={t(`membership.invoice.${words}.text`)}>
        <ButtonLink href={`/${locale}/member/membership`}>{t("membership.back")}</ButtonLink>
      </EmptyState>
    </Page>
  );
});
