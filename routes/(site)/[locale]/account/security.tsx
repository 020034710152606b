import { type Context, page } from "fresh";
import { z } from "zod";
import { SessionList } from "../../../../components/account/SessionList.tsx";
import { buttonClass } from "../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { config } from "../../../../fresh.config.ts";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { isPersonal, PasswordForm } from "../../../../site/account_forms.ts";
import { type Problem, readForm } from "../../../../site/forms.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../site/links.ts";
import {
  endOtherSessions,
  endSession,
  type OwnSession,
  readSessions,
} from "../../../../site/sessions.ts";
import { beginSession, unlessDown } from "../../../../site/sign_in.ts";
import { define, type State } from "../../../../utils.ts";

interface SecurityData {
  readonly sessions: readonly OwnSession[];
  readonly problems: readonly Problem[];
}

/** Which form was sent; the one for the password has no such field. */
const Act = z.object({
  do: z.enum(["end", "end-others", "password"]).catch("password"),
  session: z.string().optional(),
});

/** What there is to say after a form was sent. */
const DONE = ["ended", "gone", "others", "password"] as const;

async function show(ctx: Context<State>, problems: readonly Problem[], status = 200) {
  const sessions = await ctx.state.db((tx) => readSessions(tx));
  return page<SecurityData>({ sessions, problems }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, []),

  async POST(ctx) {
    const copy = ctx.req.clone();
    const act = await readForm(ctx.req, Act);
    const done = (what: typeof DONE[number]) =>
      ctx.redirect(withQuery(ctx.url.pathname, { done: what }), 303);
    if (act.ok && act.value.do === "end") {
      const id = act.value.session ?? "";
      const ended = isUuid(id) && await ctx.state.db((tx) => endSession(tx, id));
      return done(ended ? "ended" : "gone");
    }
    if (act.ok && act.value.do === "end-others") {
      await ctx.state.db((tx) => endOtherSessions(tx));
      return done("others");
    }

    const form = await readForm(copy, PasswordForm);
    if (!form.ok) return await show(ctx, form.problems, 422);
    const { present, password } = form.value;
    const viewer = viewerOf(ctx.state);
    if (isPersonal(password, viewer)) {
      return await show(ctx, [{ field: "password", key: "field.password.personal" }], 422);
    }
    const { accounts } = ctx.state.services;
    const token = ctx.state.accessToken ?? "";
    const answer = await unlessDown(accounts.changePassword(token, present, password));
    if (answer === "away") return await show(ctx, [{ field: null, key: "auth.unavailable" }], 503);
    if (!answer.ok) {
      const { problem, status } = REFUSALS[answer.code] ?? OTHER;
      return await show(ctx, [problem], status);
    }
    await beginSession(ctx, answer.value);
    return done("password");
  },
});

const REFUSALS: Readonly<Record<string, { problem: Problem; status: number }>> = {
  "wrong_password": { problem: { field: "present", key: "field.present.wrong" }, status: 422 },
  "weak_password": { problem: { field: "password", key: "field.password.common" }, status: 422 },
  "too_many_requests": { problem: { field: null, key: "auth.too_many" }, status: 429 },
};
const OTHER = { problem: { field: null, key: "auth.unavailable" }, status: 503 } as const;

export default define.page<typeof handler>(function Security({ data, state, url }) {
  const { i18n } = state;
  const { t } = i18n;
  const { sessions, problems } = data;
  const { password } = config.form;
  const done = DONE.find((one) => one === url.searchParams.get("done"));
  return (
    <Page i18n={i18n} title={t("security.title")} ready="account-security-ready" class="page">
      <div class="settings">
        <header class="page-head">
          <h1>{t("security.title")}</h1>
          <p class="lead">{t("security.text")}</p>
        </header>
        {done && problems.length === 0 && (
          <Notice kind={done === "gone" ? "info" : "good"}>
            <p>{t(TOLD[done])}</p>
          </Notice>
        )}
        <ErrorSummary i18n={i18n} problems={problems} />
        <section class="card" aria-labelledby="sessions-title">
          <h2 class="card-title" id="sessions-title">{t("security.sessions")}</h2>
          <p>{t("security.sessions.text")}</p>
          <SessionList i18n={i18n} sessions={sessions} action={url.pathname} />
          {sessions.length > 1 && (
            <form method="post" action={url.pathname} class="actions">
              <button
                type="submit"
                name="do"
                value="end-others"
                class={buttonClass("secondary")}
                data-testid="end-others"
              >
                {t("security.sessions.end_others")}
              </button>
            </form>
          )}
        </section>
        <section class="card" aria-labelledby="address-title">
          <h2 class="card-title" id="address-title">{t("auth.email")}</h2>
          <p class="breakable">{viewerOf(state).email}</p>
          <p>
            <a href={`/${state.locale}/account/email`} data-testid="address-link">
              {t("address.title")}
            </a>
          </p>
        </section>
        <section class="card" aria-labelledby="password-title">
          <h2 class="card-title" id="password-title">{t("security.password")}</h2>
          <p>{t("security.password.text")}</p>
          <form
            method="post"
            action={url.pathname}
            class="form"
            novalidate
            data-testid="password-form"
          >
            <input type="hidden" name="do" value="password" />
            <Field
              i18n={i18n}
              name="present"
              type="password"
              label={t("security.password.present")}
              autocomplete="current-password"
              problems={problems}
            />
            <Field
              i18n={i18n}
              name="password"
              type="password"
              label={t("reset.password")}
              hint={t("auth.password.hint", password)}
              autocomplete="new-password"
              problems={problems}
            />
            <div class="actions">
              <SubmitOnce
                text={t("security.password.submit")}
                busyText={t("form.busy")}
                class="button button-primary button-large"
                testId="password-change"
              />
            </div>
          </form>
        </section>
      </div>
    </Page>
  );
});

const TOLD = {
  ended: "security.session.ended",
  gone: "security.session.gone",
  others: "security.others.ended",
  password: "security.password.changed",
} as const;
