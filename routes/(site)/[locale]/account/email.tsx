import { page } from "fresh";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { Rich } from "../../../../components/Rich.tsx";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { AddressForm } from "../../../../site/account_forms.ts";
import { type Problem, readForm, type Typed } from "../../../../site/forms.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { withQuery } from "../../../../site/links.ts";
import { unlessDown } from "../../../../site/sign_in.ts";
import { define } from "../../../../utils.ts";

interface AddressData {
  readonly problems: readonly Problem[];
  readonly typed: Typed;
}

/** What there is to say after a form was sent, or a link used. */
const TOLD = { asked: "address.asked", confirmed: "address.confirmed" } as const;
const DONE = ["asked", "confirmed"] as const;

const REFUSALS: Readonly<Record<string, { problem: Problem; status: number }>> = {
  "wrong_password": { problem: { field: "present", key: "field.present.wrong" }, status: 422 },
  "same_email": { problem: { field: "email", key: "address.same" }, status: 422 },
  "malformed": { problem: { field: "email", key: "field.email.malformed" }, status: 422 },
  "too_many_requests": { problem: { field: null, key: "auth.too_many" }, status: 429 },
};
const OTHER = { problem: { field: null, key: "auth.unavailable" }, status: 503 } as const;

/** Another mail address: a link goes to it, and only whoever reads mail there makes it count. */
export const handler = define.handlers({
  GET: () => page<AddressData>({ problems: [], typed: {} }),

  async POST(ctx) {
    const form = await readForm(ctx.req, AddressForm);
    const again = ({ problem, status }: { problem: Problem; status: number }) =>
      page<AddressData>({ problems: [problem], typed: form.typed }, { status });
    if (!form.ok) {
      return page<AddressData>({ problems: form.problems, typed: form.typed }, { status: 422 });
    }
    const { email, present } = form.value;
    const { accounts } = ctx.state.services;
    const token = ctx.state.accessToken ?? "";
    const answer = await unlessDown(accounts.changeEmail(token, present, email));
    if (answer === "away") return again(OTHER);
    if (!answer.ok) return again(REFUSALS[answer.code] ?? OTHER);
    return ctx.redirect(withQuery(ctx.url.pathname, { done: "asked" }), 303);
  },
});

export default define.page<typeof handler>(function OtherAddress({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { problems, typed } = data;
  const done = DONE.find((one) => one === url.searchParams.get("done"));
  return (
    <Page i18n={i18n} title={t("address.title")} ready="account-email-ready" class="page">
      <div class="settings">
        <header class="page-head">
          <p>
            <a href={`/${locale}/account/security`}>{t("security.title")}</a>
          </p>
          <h1>{t("address.title")}</h1>
          <p class="lead">
            <Rich
              text={t("address.present")}
              parts={{ email: <strong class="breakable">{viewerOf(state).email}</strong> }}
            />
          </p>
        </header>
        {done && problems.length === 0 && (
          <Notice kind={done === "asked" ? "info" : "good"}>
            <p>{t(TOLD[done])}</p>
          </Notice>
        )}
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={url.pathname}
          class="form card"
          novalidate
          data-testid="address-form"
        >
          <p>{t("address.text")}</p>
          <Field
            i18n={i18n}
            name="email"
            type="email"
            label={t("address.new")}
            autocomplete="email"
            value={typed["email"]}
            problems={problems}
          />
          <Field
            i18n={i18n}
            name="present"
            type="password"
            label={t("security.password.present")}
            autocomplete="current-password"
            problems={problems}
          />
          <div class="actions">
            <SubmitOnce
              text={t("address.submit")}
              busyText={t("form.busy")}
              class="button button-primary button-large"
              testId="address-change"
            />
          </div>
        </form>
      </div>
    </Page>
  );
});
