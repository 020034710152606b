import { type Context, HttpError, page } from "fresh";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { EndFirst } from "../../../../../components/privacy/DeletionCard.tsx";
import { WhatFollows } from "../../../../../components/privacy/WhatFollows.tsx";
import { TextArea } from "../../../../../components/TextArea.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { type Problem, readForm } from "../../../../../site/forms.ts";
import { privacyPath, withQuery } from "../../../../../site/links.ts";
import {
  DAYS_TO_THINK,
  DeletionForm,
  deletionRefusal,
  type PrivacyState,
  readPrivacy,
  REASON_MAX,
  requestDeletion,
} from "../../../../../site/privacy.ts";
import { define, type State } from "../../../../../utils.ts";

interface DeleteData {
  readonly state: PrivacyState;
  readonly dueAt: Date;
  readonly reason: string;
  readonly problems: readonly Problem[];
}

/** Asks once more before somebody is forgotten, with everything that follows from it. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx, {}),

  async POST(ctx) {
    const form = await readForm(ctx.req, DeletionForm);
    if (!form.ok) {
      const problems = form.problems.map((one) => ({ ...one, params: { max: REASON_MAX } }));
      return await show(ctx, { reason: form.typed["reason"] ?? "", problems, status: 422 });
    }
    try {
      await ctx.state.db((tx) => requestDeletion(tx, form.value.reason));
    } catch (error) {
      const refusal = deletionRefusal(error);
      if (refusal === null) throw error;
      if (refusal === "renews") {
        return await show(ctx, { reason: form.typed["reason"] ?? "", status: 409 });
      }
      if (refusal === "too_often") throw new HttpError(429);
      // Asked for by the press before this one, or not theirs to ask: the page says which.
    }
    return ctx.redirect(withQuery(privacyPath(ctx.state.locale), { done: "deletion" }), 303);
  },
});

/** The page; who has nothing to be asked here is led back to where they came from. */
async function show(
  ctx: Context<State>,
  { reason = "", problems = [], status = 200 }: {
    readonly reason?: string;
    readonly problems?: readonly Problem[];
    readonly status?: number;
  },
) {
  const { db, locale, services } = ctx.state;
  const state = await db((tx) => readPrivacy(tx));
  if (state === null) throw new HttpError(404);
  if (!state.mayRequestDeletion || state.deletionDueAt !== null) {
    return ctx.redirect(privacyPath(locale), 303);
  }
  const dueAt = new Date(services.clock.now() + DAYS_TO_THINK * 86_400_000);
  return page<DeleteData>({ state, dueAt, reason, problems }, { status });
}

export default define.page<typeof handler>(function DeleteAccount({ data, state: scope, url }) {
  const { i18n, locale, tenant } = scope;
  const { t } = i18n;
  const { state, dueAt, reason, problems } = data;
  return (
    <Page i18n={i18n} title={t("privacy.delete.title")} ready="account-delete-ready" class="page">
      <div class="confirm">
        <ErrorSummary i18n={i18n} problems={problems} />
        <header class="page-head">
          <p>
            <a href={privacyPath(locale)}>{t("privacy.title")}</a>
          </p>
          <h1>{t("privacy.delete.title")}</h1>
        </header>
        {state.renews ? <EndFirst i18n={i18n} locale={locale} tenant={tenant} /> : (
          <>
            <WhatFollows i18n={i18n} locale={locale} state={state} dueAt={dueAt} />
            <form method="post" action={url.pathname} class="form" novalidate>
              <TextArea
                i18n={i18n}
                name="reason"
                label={t("privacy.delete.reason")}
                hint={t("privacy.delete.reason.hint")}
                value={reason}
                rows={3}
                maxLength={REASON_MAX}
                problems={problems}
              />
              <div class="actions">
                <ButtonLink href={privacyPath(locale)}>{t("privacy.delete.keep")}</ButtonLink>
                <SubmitOnce
                  text={t("privacy.delete.submit")}
                  busyText={t("form.busy")}
                  class="button button-secondary"
                  testId="deletion-submit"
                />
              </div>
            </form>
          </>
        )}
      </div>
    </Page>
  );
});
