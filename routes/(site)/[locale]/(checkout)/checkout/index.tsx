import { HttpError, page } from "fresh";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { Rich } from "../../../../../components/Rich.tsx";
import { SupportMail } from "../../../../../components/Contact.tsx";
import { SmallBridge } from "../../../../../components/pictures/SmallBridge.tsx";
import { config } from "../../../../../fresh.config.ts";
import PaddleCheckout from "../../../../../islands/PaddleCheckout.tsx";
import { transactionIdOf } from "../../../../../site/checkout.ts";
import { withQuery } from "../../../../../site/links.ts";
import { define } from "../../../../../utils.ts";

/** The page to which Paddle sends a buyer, and which opens Paddle's checkout over itself. */
export const handler = define.handlers({
  GET(ctx) {
    const { services, locale, origin } = ctx.state;
    const { paddle, paddleClientToken: token } = services.env;
    const transactionId = transactionIdOf(ctx.url);
    // The simulator has a page of its own.
    if (transactionId === null || paddle.environment === "local") {
      return ctx.redirect(`/${locale}/pricing`, 303);
    }
    if (token === undefined) throw new HttpError(503);
    ctx.state.policy = config.security.paddleCheckout;
    const done = withQuery(`/${locale}/checkout/done`, { "_ptxn": transactionId });
    return page({
      token,
      transactionId,
      sandbox: paddle.environment === "sandbox",
      successUrl: `${origin}${done}`,
    });
  },
});

export default define.page<typeof handler>(function Checkout({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  return (
    <Page i18n={i18n} title={t("checkout.title")} ready="checkout-page-ready" class="wrap">
      <div class="empty">
        <SmallBridge />
        <PaddleCheckout
          {...data}
          title={t("checkout.opening.title")}
          text={t("checkout.opening.text")}
          failed={t("checkout.failed")}
        />
        <noscript>
          <p class="lead">
            <Rich
              text={t("checkout.needs_script")}
              parts={{ email: <SupportMail tenant={tenant} /> }}
            />
          </p>
        </noscript>
        <div class="actions">
          <ButtonLink href={`/${locale}/pricing`} kind="quiet">{t("checkout.back")}</ButtonLink>
        </div>
      </div>
    </Page>
  );
});
