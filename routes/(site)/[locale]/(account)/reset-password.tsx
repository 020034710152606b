import { page } from "fresh";
import { ButtonLink } from "../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Page } from "../../../../components/Page.tsx";
import { config } from "../../../../fresh.config.ts";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { RESET_TOKEN, ResetForm } from "../../../../site/account_forms.ts";
import { type Problem, readForm } from "../../../../site/forms.ts";
import { clientAddress } from "../../../../site/origins.ts";
import { isWithin, NEW_PASSWORD_LIMIT } from "../../../../site/passing_on.ts";
import { unlessDown } from "../../../../site/sign_in.ts";
import { define } from "../../../../utils.ts";

/** Whether there is something to fill in: the link may be torn, or over. */
type Link = { readonly state: "open"; readonly token: string } | {
  readonly state: "missing" | "dead";
};

interface ResetData {
  readonly link: Link;
  readonly problems: readonly Problem[];
}

function linkOf(token: string | null | undefined): Link {
  return token !== null && token !== undefined && RESET_TOKEN.test(token)
    ? { state: "open", token }
    : { state: "missing" };
}

export const handler = define.handlers({
  /** Uses nothing up: programs that scan mails open links. Whether it works shows when it is used. */
  GET(ctx) {
    const link = linkOf(ctx.url.searchParams.get("token"));
    return page<ResetData>({ link, problems: [] }, { status: link.state === "open" ? 200 : 400 });
  },

  async POST(ctx) {
    const { services, locale } = ctx.state;
    const form = await readForm(ctx.req, ResetForm);
    const link = linkOf(form.typed["token"]);
    const again = (problem: Problem, status: number) =>
      page<ResetData>({ link, problems: [problem] }, { status });
    if (link.state !== "open") return page<ResetData>({ link, problems: [] }, { status: 400 });
    if (!form.ok) return page<ResetData>({ link, problems: form.problems }, { status: 422 });
    const address = clientAddress(ctx.info.remoteAddr);
    if (!await isWithin(services.db, NEW_PASSWORD_LIMIT, address)) {
      return again({ field: null, key: "auth.too_many" }, 429);
    }
    const { token, password } = form.value;
    const answer = await unlessDown(services.accounts.resetPassword(token, password));
    if (answer === "away") return again({ field: null, key: "auth.unavailable" }, 503);
    if (answer.ok) return ctx.redirect(`/${locale}/login?password-changed`, 303);
    switch (answer.code) {
      case "weak_password":
        // All that can be known without knowing whose link it is was checked above.
        return again({ field: "password", key: "field.password.personal" }, 422);
      case "token_invalid":
      case "malformed":
        return page<ResetData>({ link: { state: "dead" }, problems: [] }, { status: 410 });
      default:
        return again({ field: null, key: "auth.too_many" }, 429);
    }
  },
});

export default define.page<typeof handler>(function ResetPassword({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { link, problems } = data;
  const { password } = config.form;
  if (link.state !== "open") {
    return (
      <Page i18n={i18n} title={t("forgot.title")} ready="auth-ready" class="wrap page-narrow">
        <div class="form" data-testid={`reset-${link.state}`}>
          <h1>{t(`reset.${link.state}.title`)}</h1>
          <p class="lead">{t(`reset.${link.state}.text`)}</p>
          <p>
            <ButtonLink href={`/${locale}/forgot-password`}>{t("reset.ask_again")}</ButtonLink>
          </p>
        </div>
      </Page>
    );
  }
  return (
    <Page i18n={i18n} title={t("forgot.title")} ready="auth-ready" class="wrap page-narrow">
      <h1>{t("reset.headline")}</h1>
      <p class="lead">{t("reset.lead")}</p>
      <ErrorSummary i18n={i18n} problems={problems} />
      <form
        method="post"
        action={`/${locale}/reset-password`}
        class="form"
        novalidate
        data-testid="reset-form"
      >
        <input type="hidden" name="token" value={link.token} />
        <Field
          i18n={i18n}
          name="password"
          type="password"
          label={t("reset.password")}
          hint={t("auth.password.hint", password)}
          autocomplete="new-password"
          problems={problems}
        />
        <SubmitOnce
          text={t("reset.submit")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
        />
      </form>
    </Page>
  );
});
