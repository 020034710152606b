import { page } from "fresh";
import { portalRoot } from "@core/identity/roles.ts";
import { safeNextPath } from "@core/identity/next_path.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { Rich } from "../../../../components/Rich.tsx";
import { config } from "../../../../fresh.config.ts";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { RegisterForm } from "../../../../site/account_forms.ts";
import { type Problem, readForm, type Typed } from "../../../../site/forms.ts";
import { untilStep } from "../../../../site/steps.ts";
import { withQuery } from "../../../../site/links.ts";
import { referralOf } from "../../../../site/referral.ts";
import { clientAddress } from "../../../../site/origins.ts";
import { afterSignIn, beginSession, mayLeadHome, unlessAway } from "../../../../site/sign_in.ts";
import { countSignIn } from "../../../../site/sign_in_limit.ts";
import { define } from "../../../../utils.ts";

interface RegisterData {
  readonly problems: readonly Problem[];
  readonly typed: Typed;
  /** Whether a mail with a link is on its way. */
  readonly confirm: boolean;
  /** Who recommended us. */
  readonly referral: string | null;
}

const PASSWORD_BOUNDS = config.form.password;

export const handler = define.handlers({
  async GET(ctx) {
    await mayLeadHome(ctx);
    const { viewer, locale } = ctx.state;
    if (viewer) return ctx.redirect(portalRoot(viewer.role, locale), 303);
    const referral = referralOf(ctx);
    return page<RegisterData>({ problems: [], typed: {}, confirm: false, referral });
  },

  async POST(ctx) {
    await mayLeadHome(ctx);
    const { services, tenant, locale } = ctx.state;
    const referral = referralOf(ctx);
    const form = await readForm(ctx.req, RegisterForm);
    const again = (problem: Problem, status = 422) =>
      page<RegisterData>(
        { problems: [problem], typed: form.typed, confirm: false, referral },
        { status },
      );
    if (!form.ok) {
      const { problems, typed } = form;
      return page<RegisterData>({ problems, typed, confirm: false, referral }, { status: 422 });
    }

    const { name, email, password } = form.value;
    const registration = { email, password, fullName: name, tenant: tenant.id, locale };
    const asked = services.clock.now();
    const result = await unlessAway(services.auth.signUp(registration));
    let tokens: SessionTokens | null = null;
    switch (result.outcome) {
      case "signed_in":
        tokens = result.tokens;
        break;
      case "taken": {
        // A form sent twice, or someone who forgot that they have an account: whoever knows its
        // password is let in. Everyone else learns no more than a failed sign-in would tell.
        const wait = await countSignIn(services.db, email, clientAddress(ctx.info.remoteAddr));
        const known = wait === 0 ? await services.auth.signIn(email, password) : null;
        if (known?.outcome === "signed_in") tokens = known.tokens;
        break;
      }
      case "confirm":
        await services.clock.wait(untilStep(services.clock.now() - asked, config.signUpTakes));
        return page<RegisterData>({ problems: [], typed: { email }, confirm: true, referral });
      case "weak_password":
        return again({ field: "password", key: "field.password.short", params: PASSWORD_BOUNDS });
      case "bad_email":
        return again({ field: "email", key: "field.email.malformed" });
      case "too_many":
        return again({ field: null, key: "auth.too_many" }, 429);
      case "away":
        return again({ field: null, key: "auth.unavailable" }, 503);
    }
    const viewer = tokens && await beginSession(ctx, tokens);
    if (!viewer) return again({ field: null, key: "register.failed" });
    return ctx.redirect(afterSignIn(ctx, viewer), 303);
  },
});

export default define.page<typeof handler>(function Register({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const next = safeNextPath(url.searchParams.get("next"));
  if (data.confirm) {
    return (
      <Page i18n={i18n} title={t("register.title")} ready="auth-ready" class="wrap page-narrow">
        <h1>{t("register.check_inbox.title")}</h1>
        <p class="lead">
          {t("register.check_inbox.text", { email: data.typed["email"] ?? "" })}
        </p>
      </Page>
    );
  }
  return (
    <Page i18n={i18n} title={t("register.title")} ready="auth-ready" class="wrap page-narrow">
      <h1>{t("register.headline")}</h1>
      <p class="lead">{t("register.lead")}</p>
      {data.referral && (
        <Notice kind="good">
          <p>
            <Rich
              text={t("register.recommended")}
              parts={{ code: <strong class="number">{data.referral}</strong> }}
            />
          </p>
        </Notice>
      )}
      <ErrorSummary i18n={i18n} problems={data.problems} />
      <form
        method="post"
        action={withQuery(`/${locale}/register`, { next })}
        class="form"
        novalidate
        data-testid="register-form"
      >
        <Field
          i18n={i18n}
          name="name"
          label={t("auth.name")}
          hint={t("auth.name.hint")}
          autocomplete="name"
          value={data.typed["name"]}
          problems={data.problems}
        />
        <Field
          i18n={i18n}
          name="email"
          type="email"
          label={t("auth.email")}
          autocomplete="username"
          value={data.typed["email"]}
          problems={data.problems}
        />
        <Field
          i18n={i18n}
          name="password"
          type="password"
          label={t("auth.password")}
          hint={t("auth.password.hint", PASSWORD_BOUNDS)}
          autocomplete="new-password"
          problems={data.problems}
        />
        <SubmitOnce
          text={t("register.submit")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
        />
        <p class="fine">{t("register.mails")}</p>
        <p class="fine">
          <Rich
            text={t("register.consent")}
            parts={{
              terms: <a href={`/${locale}/legal/terms`}>{t("legal.terms.link")}</a>,
              privacy: <a href={`/${locale}/legal/privacy`}>{t("legal.privacy.link")}</a>,
            }}
          />
        </p>
      </form>
      <p class="aside">
        {t("register.have_account")}{" "}
        <a href={withQuery(`/${locale}/login`, { next })}>{t("nav.login")}</a>
      </p>
    </Page>
  );
});
