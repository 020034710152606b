import { type Context, page } from "fresh";
import { ButtonLink } from "../../../../../components/Button.tsx";
import {
  ChangeNotice,
  type Failure,
  FailureNotice,
} from "../../../../../components/membership/ChangeNotice.tsx";
import { InvoiceList } from "../../../../../components/membership/InvoiceList.tsx";
import { PlanPanel } from "../../../../../components/membership/PlanPanel.tsx";
import { MembershipCard } from "../../../../../components/MembershipCard.tsx";
import { MembershipWords } from "../../../../../components/MembershipWords.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { checkoutOrigins } from "../../../../../site/checkout.ts";
import { readForm } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { ActForm, carryOut, ownSubscription } from "../../../../../site/membership_acts.ts";
import {
  afterChange,
  type Change,
  changeOf,
  hasArrived,
  type MembershipPage,
  readMembershipPage,
} from "../../../../../site/membership_page.ts";
import { define, type State } from "../../../../../utils.ts";

interface MembershipData {
  readonly stored: MembershipPage;
  /** What the member has just done. */
  readonly change: Change | null;
  /** Why it failed. */
  readonly failure: Failure | null;
  readonly now: number;
}

export const handler = define.handlers({
  async GET(ctx) {
    const unfinished = ctx.url.searchParams.has("unfinished");
    return await show(ctx, unfinished ? "unfinished" : null, 200);
  },

  async POST(ctx) {
    const { services, locale } = ctx.state;
    const form = await readForm(ctx.req, ActForm);
    if (!form.ok) return await show(ctx, "not_possible", 422);
    const { act, subscription } = form.value;
    const row = await ownSubscription(ctx.state, subscription);
    const outcome = await carryOut(ctx.state, act, row, ctx.state.origin);
    switch (outcome.kind) {
      case "leads_to":
        return ctx.redirect(outcome.url, 303);
      case "done":
        return ctx.redirect(
          afterChange(locale, { act, subscriptionId: row.id }, services.clock.now()),
          303,
        );
      case "failed":
        return await show(ctx, outcome.why, outcome.why === "away" ? 503 : 409);
    }
  },
});

async function show(ctx: Context<State>, failure: Failure | null, status: number) {
  const { state, url } = ctx;
  const { services } = state;
  // The button for another card leads to Paddle by way of a redirect.
  state.policy = { "form-action": checkoutOrigins(services.env.paddle) };
  const { id } = viewerOf(state);
  const now = services.clock.now();
  const stored = await state.db((tx) => readMembershipPage(tx, id, now));
  const change = failure === null ? changeOf(url, now) : null;
  return page<MembershipData>({ stored, change, failure, now }, { status });
}

export default define.page<typeof handler>(function MembershipHome({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { stored, change, failure, now } = data;
  const { membership, subscriptions, invoices } = stored;
  return (
    <Page i18n={i18n} title={t("membership.title")} ready="membership-page-ready" class="page">
      {change && (
        <ChangeNotice
          i18n={i18n}
          change={change}
          arrived={hasArrived(change, stored)}
          ended={subscriptions.some(({ id, status }) =>
            id === change.subscriptionId && status === "canceled"
          )}
        />
      )}
      {failure && <FailureNotice i18n={i18n} why={failure} />}
      <div class="dashboard-top" data-membership={membership.kind}>
        <MembershipWords i18n={i18n} locale={locale} membership={membership} />
        <div class="card-place" data-testid="member-membership-card-ready">
          <MembershipCard i18n={i18n} viewer={viewerOf(state)} membership={membership} />
          {["active", "ending", "grace"].includes(membership.kind) && (
            <p class="card-place-more">
              <ButtonLink href={`/${locale}/member/membership/card`} kind="secondary">
                {t("card.show")}
              </ButtonLink>
            </p>
          )}
        </div>
      </div>
      {subscriptions.map((subscription, at) => (
        <PlanPanel
          key={subscription.id}
          i18n={i18n}
          locale={locale}
          tenant={tenant}
          subscription={subscription}
          further={at > 0}
          now={now}
        />
      ))}
      <InvoiceList i18n={i18n} locale={locale} invoices={invoices} />
    </Page>
  );
});
