import { page } from "fresh";
import { Head } from "fresh/runtime";
import type { PaddleTransaction } from "@core/billing/paddle_api.ts";
import type { Locale } from "@core/platform/i18n.ts";
import { membershipAccess } from "@core/billing/membership.ts";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { DoneActive } from "../../../../../components/checkout/DoneActive.tsx";
import { DoneWaiting } from "../../../../../components/checkout/DoneWaiting.tsx";
import { EmptyState } from "../../../../../components/EmptyState.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { config } from "../../../../../fresh.config.ts";
import { askPaddle, isCheckoutUrl, transactionIdOf } from "../../../../../site/checkout.ts";
import {
  type CheckoutState,
  decideCheckoutState,
  isFollowUp,
  isPaid,
} from "../../../../../site/checkout_state.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { withQuery } from "../../../../../site/links.ts";
import { type Membership, readMembership } from "../../../../../site/membership.ts";
import { afterChange } from "../../../../../site/membership_page.ts";
import { define } from "../../../../../utils.ts";

interface DoneData {
  readonly checkout: CheckoutState;
  readonly membership: Membership;
  /** Id of the purchase, to name to the support line. */
  readonly transactionId: string | null;
  /** When this buyer began to wait, in milliseconds since 1970. */
  readonly since: number;
  readonly now: number;
}

/** Seconds after which a browser without JavaScript asks again. */
const ASK_AGAIN = 4;

export const handler = define.handlers({
  async GET(ctx) {
    const { services, db } = ctx.state;
    const viewer = viewerOf(ctx.state);
    const now = services.clock.now();
    const transactionId = transactionIdOf(ctx.url);
    const [[access, membership], transaction] = await Promise.all([
      db((tx) =>
        Promise.all([membershipAccess(tx, viewer.id), readMembership(tx, viewer.id, now)])
      ),
      askPaddle(ctx, transactionId),
    ]);
    const about = transaction === null || transaction === "unavailable" ? null : transaction;
    if (about !== null && isFollowUp(about, viewer.id)) {
      return ctx.redirect(afterFollowUp(ctx.state.locale, about, now), 303);
    }
    const checkout = decideCheckoutState(access, transaction, viewer.id);
    if ("payAt" in checkout && checkout.payAt !== null) {
      if (!isCheckoutUrl(checkout.payAt, services.env.paddle, ctx.state.origin)) {
        return page<DoneData>({
          checkout: { ...checkout, payAt: null },
          membership,
          transactionId,
          since: now,
          now,
        });
      }
    }
    const since = sinceOf(ctx.url, now);
    return page<DoneData>({ checkout, membership, transactionId, since, now });
  },
});

export default define.page<typeof handler>(function Done({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { checkout, transactionId, since, now } = data;
  const again = withQuery(url.pathname, { "_ptxn": transactionId, since: String(since) });
  const marker = checkout.kind === "active" ? "success-page-ready" : `checkout-${checkout.kind}`;
  return (
    <Page i18n={i18n} title={t("done.title")} ready={marker} class="wrap">
      {checkout.kind === "active" && (
        <DoneActive
          i18n={i18n}
          locale={locale}
          viewer={viewerOf(state)}
          membership={data.membership}
        />
      )}
      {checkout.kind === "waiting" && (
        <>
          <Head>
            <noscript>
              <meta http-equiv="refresh" content={`${ASK_AGAIN};url=${again}`} />
            </noscript>
          </Head>
          <DoneWaiting
            i18n={i18n}
            email={tenant.supportEmail}
            transactionId={transactionId}
            statusUrl={withQuery(`/${locale}/checkout/status`, { "_ptxn": transactionId })}
            again={again}
            since={since}
            slow={now - since > config.checkout.slowAfter}
          />
        </>
      )}
      {(checkout.kind === "declined" || checkout.kind === "unpaid") && (
        <EmptyState
          title={t(`done.${checkout.kind}.title`)}
          text={t(`done.${checkout.kind}.text`)}
        >
          {checkout.payAt && <ButtonLink href={checkout.payAt}>{t("done.again")}</ButtonLink>}
          <ButtonLink href={`/${locale}/pricing`} kind={checkout.payAt ? "quiet" : "primary"}>
            {t("checkout.back")}
          </ButtonLink>
        </EmptyState>
      )}
      {checkout.kind === "unknown" && (
        <EmptyState title={t("done.unknown.title")} text={t("done.unknown.text")}>
          <ButtonLink href={again}>{t("done.reload")}</ButtonLink>
          <ButtonLink href={`/${locale}/member`} kind="quiet">
            {t("done.active.button")}
          </ButtonLink>
        </EmptyState>
      )}
      {(checkout.kind === "canceled" || checkout.kind === "none") && (
        <EmptyState
          title={t(`done.${checkout.kind}.title`)}
          text={t(`done.${checkout.kind}.text`)}
        >
          <ButtonLink href={`/${locale}/pricing`}>{t("member.choose")}</ButtonLink>
          <ButtonLink href={`/${locale}/member`} kind="quiet">
            {t("done.active.button")}
          </ButtonLink>
        </EmptyState>
      )}
    </Page>
  );
});

/** Who came to pay what was open, or to give another card, goes back to where they came from. */
function afterFollowUp(locale: Locale, transaction: PaddleTransaction, now: number): string {
  return isPaid(transaction)
    ? afterChange(locale, { act: "payment", subscriptionId: null }, now)
    : `/${locale}/member/membership?unfinished`;
}

/** When the waiting began, which the address carries over reloads. */
function sinceOf(url: URL, now: number): number {
  const since = Number(url.searchParams.get("since") ?? Number.NaN);
  return Number.isInteger(since) && since > 0 && since <= now ? since : now;
}
