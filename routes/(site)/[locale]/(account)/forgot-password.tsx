import { page } from "fresh";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { ForgotForm } from "../../../../site/account_forms.ts";
import { type Problem, readForm, type Typed } from "../../../../site/forms.ts";
import { clientAddress } from "../../../../site/origins.ts";
import { isWithin, RESET_LIMIT } from "../../../../site/passing_on.ts";
import { unlessDown } from "../../../../site/sign_in.ts";
import { define } from "../../../../utils.ts";

interface ForgotData {
  readonly problems: readonly Problem[];
  readonly typed: Typed;
}

export const handler = define.handlers({
  GET: () => page<ForgotData>({ problems: [], typed: {} }),

  async POST(ctx) {
    const { services, locale } = ctx.state;
    const form = await readForm(ctx.req, ForgotForm);
    const again = (problems: readonly Problem[], status: number) =>
      page<ForgotData>({ problems, typed: form.typed }, { status });
    if (!form.ok) return again(form.problems, 422);
    const address = clientAddress(ctx.info.remoteAddr);
    if (!await isWithin(services.db, RESET_LIMIT, address)) {
      return again([{ field: null, key: "auth.too_many" }], 429);
    }
    const answer = await unlessDown(services.accounts.requestReset(form.value.email, locale));
    if (answer === "away") return again([{ field: null, key: "auth.unavailable" }], 503);
    if (!answer.ok) {
      return answer.code === "malformed"
        ? again([{ field: "email", key: "field.email.malformed" }], 422)
        : again([{ field: null, key: "auth.too_many" }], 429);
    }
    // The same for everyone: nobody learns here who has an account.
    return ctx.redirect(`/${locale}/forgot-password?sent`, 303);
  },
});

export default define.page<typeof handler>(function ForgotPassword({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const sent = url.searchParams.has("sent") && data.problems.length === 0;
  return (
    <Page i18n={i18n} title={t("forgot.title")} ready="auth-ready" class="wrap page-narrow">
      <h1>{t(sent ? "forgot.sent.title" : "forgot.headline")}</h1>
      {sent
        ? (
          <Notice kind="good">
            <p data-testid="forgot-sent">{t("forgot.sent.text")}</p>
          </Notice>
        )
        : <p class="lead">{t("forgot.lead")}</p>}
      <ErrorSummary i18n={i18n} problems={data.problems} />
      <form
        method="post"
        action={`/${locale}/forgot-password`}
        class="form"
        novalidate
        data-testid="forgot-form"
      >
        <Field
          i18n={i18n}
          name="email"
          type="email"
          label={t("auth.email")}
          autocomplete="username"
          value={data.typed["email"]}
          problems={data.problems}
        />
        <SubmitOnce
          text={t(sent ? "forgot.again" : "forgot.submit")}
          busyText={t("form.busy")}
          class={`button ${sent ? "button-secondary" : "button-primary"} button-wide`}
        />
      </form>
      <p class="aside">
        <a href={`/${locale}/login`}>{t("forgot.back")}</a>
      </p>
    </Page>
  );
});
