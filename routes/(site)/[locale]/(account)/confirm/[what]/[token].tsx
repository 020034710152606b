import { type Context, HttpError, page } from "fresh";
import { SupportMail } from "../../../../../../components/Contact.tsx";
import { ErrorSummary } from "../../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../../islands/SubmitOnce.tsx";
import { RESET_TOKEN } from "../../../../../../site/account_forms.ts";
import type { Problem } from "../../../../../../site/forms.ts";
import { mayOpenLink } from "../../../../../../site/link_limit.ts";
import { withQuery } from "../../../../../../site/links.ts";
import { invitationPath } from "../../../../../../site/secret_addresses.ts";
import { unlessDown } from "../../../../../../site/sign_in.ts";
import { define, type State } from "../../../../../../utils.ts";

/** A new account's address, or another one of somebody who has an account. */
type Confirmation = "signup" | "email";

interface ConfirmData {
  readonly what: Confirmation;
  readonly dead: boolean;
  readonly problems: readonly Problem[];
}

function whatOf(ctx: Pick<Context<State>, "params">): Confirmation {
  const { what, token } = ctx.params;
  if ((what !== "signup" && what !== "email") || !RESET_TOKEN.test(token ?? "")) {
    throw new HttpError(404);
  }
  return what;
}

/** The page behind the link that asks whether an address is the reader's; the button says yes. */
export const handler = define.handlers({
  GET: (ctx) => page<ConfirmData>({ what: whatOf(ctx), dead: false, problems: [] }),

  async POST(ctx) {
    const what = whatOf(ctx);
    const { services, locale } = ctx.state;
    await ctx.req.body?.cancel();
    const again = (problem: Problem, status: number) =>
      page<ConfirmData>({ what, dead: false, problems: [problem] }, { status });
    if (!await mayOpenLink(ctx, "confirm")) {
      return again({ field: null, key: "auth.too_many" }, 429);
    }
    const outcome = await unlessDown(confirm(services, what, ctx.params["token"] ?? ""));
    switch (outcome) {
      case "away":
        return again({ field: null, key: "auth.unavailable" }, 503);
      case "too_many":
        return again({ field: null, key: "auth.too_many" }, 429);
      case "token_invalid":
        return page<ConfirmData>({ what, dead: true, problems: [] }, { status: 410 });
    }
    if (what === "email" && ctx.state.viewer !== null) {
      return ctx.redirect(`/${locale}/account/email?done=confirmed`, 303);
    }
    const next = invitationPath(ctx.url.searchParams.get("next"));
    return ctx.redirect(withQuery(`/${locale}/login`, { confirmed: "", next }), 303);
  },
});

async function confirm(services: State["services"], what: Confirmation, token: string) {
  if (what === "signup") return await services.auth.confirm(token);
  const answer = await services.accounts.confirmEmail(token);
  if (answer.ok) return "confirmed";
  return answer.code === "too_many_requests" ? "too_many" : "token_invalid";
}

export default define.page<typeof handler>(function ConfirmAddress({ data, state, url }) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  return (
    <Page i18n={i18n} title={t("confirm.title")} ready="auth-ready" class="wrap page-narrow">
      <h1>{t(data.dead ? "confirm.dead.title" : "confirm.title")}</h1>
      <p class="lead">{t(data.dead ? "confirm.dead.text" : `confirm.${data.what}.text`)}</p>
      <ErrorSummary i18n={i18n} problems={data.problems} />
      {data.dead
        ? (
          <p>
            <SupportMail tenant={tenant} />
          </p>
        )
        : (
          <form
            method="post"
            action={withQuery(url.pathname, {
              next: invitationPath(url.searchParams.get("next")),
            })}
            class="form"
            data-testid="confirm-form"
          >
            <SubmitOnce
              text={t("confirm.submit")}
              busyText={t("form.busy")}
              class="button button-primary button-wide"
            />
          </form>
        )}
    </Page>
  );
});
