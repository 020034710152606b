import { type Context, page } from "fresh";
import type { WelcomeLinkState } from "@core/identity/welcome_link.ts";
import { readWelcome } from "@core/identity/welcome_store.ts";
import { ClaimAccount } from "../../../../../components/account/ClaimAccount.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { ClaimForm } from "../../../../../site/account_forms.ts";
import { type Problem, readForm } from "../../../../../site/forms.ts";
import { mayOpenLink } from "../../../../../site/link_limit.ts";
import { keyOf, showFor } from "../../../../../site/link_pages.ts";
import { afterSignIn, beginSession, unlessAway, unlessDown } from "../../../../../site/sign_in.ts";
import { define, type State } from "../../../../../utils.ts";

/** Where the link stands, and what is wrong with the password. */
interface WelcomeData {
  readonly link: WelcomeLinkState;
  readonly problems: readonly Problem[];
}

const STATUS = { open: 200, used: 410, expired: 410, unknown: 404 } as const;

async function read(ctx: Context<State>): Promise<WelcomeLinkState | "too_many"> {
  if (!await mayOpenLink(ctx, "welcome")) return "too_many";
  const link = await ctx.state.db((tx) => readWelcome(tx, keyOf(ctx)));
  await showFor(ctx.state, link);
  return link.state;
}

export const handler = define.handlers({
  /** Uses nothing up: programs that scan mails open links. */
  async GET(ctx) {
    const link = await read(ctx);
    if (link === "too_many") return tooMany();
    return page<WelcomeData>({ link, problems: [] }, { status: STATUS[link] });
  },

  async POST(ctx) {
    const { services, locale } = ctx.state;
    const link = await read(ctx);
    if (link === "too_many") return tooMany();
    if (link !== "open") return page<WelcomeData>({ link, problems: [] }, { status: STATUS[link] });
    const form = await readForm(ctx.req, ClaimForm);
    const again = (problems: readonly Problem[], status: number) =>
      page<WelcomeData>({ link: "open", problems }, { status });
    if (!form.ok) return again(form.problems, 422);
    const { password } = form.value;
    const answer = await unlessDown(services.accounts.claimAccount(keyOf(ctx), password));
    if (answer === "away") return again([{ field: null, key: "auth.unavailable" }], 503);
    if (!answer.ok) {
      switch (answer.code) {
        case "weak_password":
          // All that can be known without knowing whose link it is was checked above.
          return again([{ field: "password", key: "field.password.personal" }], 422);
        case "used":
        case "expired":
          return page<WelcomeData>({ link: answer.code, problems: [] }, { status: 410 });
        case "unknown":
        case "malformed":
          return page<WelcomeData>({ link: "unknown", problems: [] }, { status: 404 });
        default:
          return again([{ field: null, key: "auth.too_many" }], 429);
      }
    }
    const signIn = await unlessAway(services.auth.signIn(answer.value.email, password));
    const viewer = signIn.outcome === "signed_in" ? await beginSession(ctx, signIn.tokens) : null;
    // The password is chosen, whatever became of the sign-in.
    if (viewer === null) return ctx.redirect(`/${locale}/login?password-changed`, 303);
    return ctx.redirect(afterSignIn(ctx, viewer), 303);
  },
});

function tooMany() {
  const problems: Problem[] = [{ field: null, key: "auth.too_many" }];
  return page<WelcomeData>({ link: "unknown", problems }, { status: 429 });
}

export default define.page<typeof handler>(function Welcome({ data, state, url }) {
  const { i18n } = state;
  return (
    <Page
      i18n={i18n}
      title={i18n.t("claim_account.title")}
      ready="auth-ready"
      class="wrap page-narrow"
    >
      <ClaimAccount {...data} i18n={i18n} locale={state.locale} path={url.pathname} />
    </Page>
  );
});
