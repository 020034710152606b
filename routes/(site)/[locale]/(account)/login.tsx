import { page } from "fresh";
import { portalRoot } from "@core/identity/roles.ts";
import { safeNextPath } from "@core/identity/next_path.ts";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { Rich } from "../../../../components/Rich.tsx";
import { config } from "../../../../fresh.config.ts";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { SignInForm } from "../../../../site/account_forms.ts";
import { type Problem, readForm, type Typed } from "../../../../site/forms.ts";
import { withQuery } from "../../../../site/links.ts";
import { clientAddress } from "../../../../site/origins.ts";
import { afterSignIn, beginSession, mayLeadHome, unlessAway } from "../../../../site/sign_in.ts";
import { countSignIn, noteRefusedSignIn } from "../../../../site/sign_in_limit.ts";
import { define } from "../../../../utils.ts";

interface LoginData {
  readonly problems: readonly Problem[];
  readonly typed: Typed;
}

const FRESH_FORM: LoginData = { problems: [], typed: {} };

export const handler = define.handlers({
  async GET(ctx) {
    await mayLeadHome(ctx);
    const { viewer, locale } = ctx.state;
    if (viewer) return ctx.redirect(portalRoot(viewer.role, locale), 303);
    return page(FRESH_FORM);
  },

  async POST(ctx) {
    await mayLeadHome(ctx);
    const form = await readForm(ctx.req, SignInForm);
    const again = (problems: readonly Problem[], status: number, headers: HeadersInit = {}) =>
      page<LoginData>({ problems, typed: form.typed }, { status, headers });
    if (!form.ok) return again(form.problems, 422);

    const { email, password } = form.value;
    const { auth, db, clock } = ctx.state.services;
    const asked = clock.now();
    const site = ctx.state.tenant.id;
    const wait = await countSignIn(db, email, clientAddress(ctx.info.remoteAddr));
    if (wait > 0) {
      await noteRefusedSignIn(db, site, "limited");
      return again([{ field: null, key: "auth.too_many" }], 429, { "retry-after": String(wait) });
    }
    const result = await unlessAway(auth.signIn(email, password));
    if (result.outcome === "too_many") return again([{ field: null, key: "auth.too_many" }], 429);
    if (result.outcome === "away") return again([{ field: null, key: "auth.unavailable" }], 503);
    if (result.outcome === "unconfirmed") {
      return again([{ field: null, key: "login.unconfirmed" }], 422);
    }
    const viewer = result.outcome === "signed_in" ? await beginSession(ctx, result.tokens) : null;
    if (viewer === null) {
      await noteRefusedSignIn(db, site, "refused");
      // One answer, after one time, for a wrong address, a wrong password and a switched-off account.
      await clock.wait(asked + config.refusalTakes - clock.now());
      return again([{ field: null, key: "login.failed" }], 422);
    }
    return ctx.redirect(afterSignIn(ctx, viewer), 303);
  },
});

export default define.page<typeof handler>(function Login({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const next = safeNextPath(url.searchParams.get("next"));
  return (
    <Page i18n={i18n} title={t("login.title")} ready="auth-ready" class="wrap page-narrow">
      <h1>{t("login.headline")}</h1>
      {url.searchParams.has("signed-out") && data.problems.length === 0 && (
        <Notice kind="good">
          <p>{t("login.signed_out")}</p>
        </Notice>
      )}
      {url.searchParams.has("password-changed") && data.problems.length === 0 && (
        <Notice kind="good">
          <p>{t("login.password_changed")}</p>
        </Notice>
      )}
      {url.searchParams.has("confirmed") && data.problems.length === 0 && (
        <Notice kind="good">
          <p>{t("login.confirmed")}</p>
        </Notice>
      )}
      {next !== null && !url.searchParams.has("confirmed") && data.problems.length === 0 && (
        <Notice kind="info">
          <p>{t(url.searchParams.has("ended") ? "login.ended" : "login.needed")}</p>
        </Notice>
      )}
      <ErrorSummary i18n={i18n} problems={data.problems} />
      <form
        method="post"
        action={withQuery(`/${locale}/login`, { next })}
        class="form"
        novalidate
        data-testid="login-form"
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
        <Field
          i18n={i18n}
          name="password"
          type="password"
          label={t("auth.password")}
          autocomplete="current-password"
          problems={data.problems}
        />
        <SubmitOnce
          text={t("login.submit")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
        />
      </form>
      <p class="aside">
        <a href={`/${locale}/forgot-password`} data-testid="forgot-link">{t("login.forgot")}</a>
      </p>
      <p class="aside">
        {t("login.new_here")}{" "}
        <a href={withQuery(`/${locale}/register`, { next })}>{t("nav.register")}</a>
      </p>
      <p class="aside">
        <Rich
          text={t("login.trouble")}
          parts={{ help: <a href={`/${locale}/help`}>{t("login.trouble_link")}</a> }}
        />
      </p>
    </Page>
  );
});
