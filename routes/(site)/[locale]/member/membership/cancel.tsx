import { type Context, HttpError, page } from "fresh";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { ActForm as ActButton } from "../../../../../components/membership/ActForm.tsx";
import { type Failure, FailureNotice } from "../../../../../components/membership/ChangeNotice.tsx";
import { Terms } from "../../../../../components/membership/PlanPanel.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { readForm } from "../../../../../site/forms.ts";
import { isUuid } from "../../../../../site/links.ts";
import type { SubscriptionRow } from "../../../../../site/membership.ts";
import {
  ActForm,
  allows,
  carryOut,
  endsAtOnce,
  ownSubscription,
} from "../../../../../site/membership_acts.ts";
import { afterChange } from "../../../../../site/membership_page.ts";
import { define, type State } from "../../../../../utils.ts";

interface CancelData {
  readonly row: SubscriptionRow;
  readonly failure: Failure | null;
  readonly now: number;
}

/** Asks once more before a membership is cancelled, with everything that follows from it. */
export const handler = define.handlers({
  async GET(ctx) {
    const id = ctx.url.searchParams.get("subscription") ?? "";
    if (!isUuid(id)) throw new HttpError(404);
    const row = await ownSubscription(ctx.state, id);
    if (allows(row, "cancel") !== true) {
      return ctx.redirect(`/${ctx.state.locale}/member/membership`, 303);
    }
    return show(ctx, row, null, 200);
  },

  async POST(ctx) {
    const { services, locale } = ctx.state;
    const form = await readForm(ctx.req, ActForm);
    if (!form.ok || form.value.act !== "cancel") throw new HttpError(404);
    const row = await ownSubscription(ctx.state, form.value.subscription);
    const outcome = await carryOut(ctx.state, "cancel", row, ctx.state.origin);
    if (outcome.kind === "failed") {
      return show(ctx, row, outcome.why, outcome.why === "away" ? 503 : 409);
    }
    const change = { act: "cancel", subscriptionId: row.id } as const;
    return ctx.redirect(afterChange(locale, change, services.clock.now()), 303);
  },
});

function show(ctx: Context<State>, row: SubscriptionRow, failure: Failure | null, status: number) {
  return page<CancelData>({ row, failure, now: ctx.state.services.clock.now() }, { status });
}

export default define.page<typeof handler>(function Cancel({ data, state }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const { row, failure, now } = data;
  const end = row.currentPeriodEnd;
  const atOnce = endsAtOnce(row);
  return (
    <Page i18n={i18n} title={t("membership.cancel.title")} ready="cancel-page-ready" class="page">
      <div class="confirm">
        {failure && <FailureNotice i18n={i18n} why={failure} />}
        <h1>{t("membership.cancel.title")}</h1>
        <ul class="ticks">
          <li>
            <Icon name="check" size={20} />
            <p>
              {atOnce
                ? t("membership.cancel.now")
                : t("membership.cancel.valid", { date: end === null ? "–" : i18n.date(end) })}
            </p>
          </li>
          <li>
            <Icon name="check" size={20} />
            <p>{t(atOnce ? "membership.cancel.now.no_charge" : "membership.cancel.no_charge")}</p>
          </li>
          {!atOnce && (
            <>
              <li>
                <Icon name="check" size={20} />
                <p>{t("membership.cancel.withdraw")}</p>
              </li>
              <li>
                <Icon name="info" size={20} />
                <Terms i18n={i18n} tenant={tenant} startedAt={row.startedAt} now={now} />
              </li>
            </>
          )}
        </ul>
        <div class="actions">
          <ButtonLink href={`/${locale}/member/membership`}>
            {t("membership.keep.button")}
          </ButtonLink>
          <ActButton
            i18n={i18n}
            locale={locale}
            act="cancel"
            subscriptionId={row.id}
            text={t("membership.cancel.button")}
            kind="secondary"
            at="/cancel"
          />
        </div>
      </div>
    </Page>
  );
});
