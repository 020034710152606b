import { type Context, page } from "fresh";
import { invitationRefusal } from "@core/identity/invitation_store.ts";
import { portalRoot } from "@core/identity/roles.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import { AcceptInvitation } from "../../../../../components/account/AcceptInvitation.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { isPersonal, JoinForm } from "../../../../../site/account_forms.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import {
  acceptInvitation,
  type Invitation,
  readInvitation,
} from "../../../../../site/invitations.ts";
import { mayOpenLink } from "../../../../../site/link_limit.ts";
import { keyOf, showFor } from "../../../../../site/link_pages.ts";
import { beginSession, unlessAway } from "../../../../../site/sign_in.ts";
import { isLocale, type MessageKey } from "@core/platform/i18n.ts";
import { define, type State } from "../../../../../utils.ts";

/** What there is to see: the invitation and what may be done with it. */
interface InvitationData {
  readonly invitation: Invitation;
  readonly problems: readonly Problem[];
  readonly typed: Typed;
  /** Whether a mail was sent that asks whether the address is theirs. */
  readonly confirm: boolean;
}

const REFUSED: Readonly<Record<string, MessageKey>> = {
  "other_tenant": "invitation.refused.other_tenant",
  "has_role": "invitation.refused.has_role",
  "has_agent": "invitation.refused.has_agent",
};

async function read(ctx: Context<State>): Promise<Invitation | "too_many"> {
  if (!await mayOpenLink(ctx, "invitation")) return "too_many";
  const invitation = await ctx.state.db((tx) => readInvitation(tx, keyOf(ctx)));
  const locale = isLocale(invitation.locale) ? invitation.locale : null;
  await showFor(ctx.state, { ...invitation, locale });
  return invitation;
}

const UNKNOWN = { state: "unknown" } as Invitation;
const STATUS = { open: 200, expired: 410, revoked: 410, accepted: 410, unknown: 404 } as const;

export const handler = define.handlers({
  async GET(ctx) {
    const found = await read(ctx);
    const problems: Problem[] = found === "too_many" ? [{ field: null, key: "auth.too_many" }] : [];
    const invitation = found === "too_many" ? UNKNOWN : found;
    const status = found === "too_many" ? 429 : STATUS[found.state];
    return page<InvitationData>({ invitation, problems, typed: {}, confirm: false }, { status });
  },

  async POST(ctx) {
    const { state } = ctx;
    const found = await read(ctx);
    const invitation = found === "too_many" ? UNKNOWN : found;
    const show = (problems: readonly Problem[], status: number, typed: Typed = {}) =>
      page<InvitationData>({ invitation, problems, typed, confirm: false }, { status });
    if (found === "too_many") return show([{ field: null, key: "auth.too_many" }], 429);
    if (found.state !== "open") return show([], STATUS[found.state]);
    const accept = async (work: State["db"]) => {
      try {
        const role = await work((tx) => acceptInvitation(tx, keyOf(ctx)));
        return ctx.redirect(portalRoot(role, state.locale), 303);
      } catch (error) {
        const why = invitationRefusal(error);
        if (why === null) throw error;
        return show([{ field: null, key: REFUSED[why] ?? "invitation.refused.other" }], 409);
      }
    };
    if (state.viewer !== null) {
      await ctx.req.body?.cancel();
      return await accept(state.db);
    }

    const form = await readForm(ctx.req, JoinForm);
    if (!form.ok) return show(form.problems, 422, form.typed);
    const { name: fullName, password } = form.value;
    const email = found.email ?? "";
    const again = (problem: Problem, status = 422) => show([problem], status, form.typed);
    if (isPersonal(password, { email, fullName })) {
      return again({ field: "password", key: "field.password.personal" });
    }
    const { services, locale } = state;
    const registration = {
      email,
      password,
      fullName,
      tenant: found.tenantId ?? "",
      locale,
      // The mail that asks whether the address is theirs leads back here.
      after: ctx.url.pathname,
    };
    const result = await unlessAway(services.auth.signUp(registration));
    let tokens: SessionTokens;
    switch (result.outcome) {
      case "signed_in":
        tokens = result.tokens;
        break;
      case "confirm":
        return page<InvitationData>({ invitation, problems: [], typed: {}, confirm: true });
      case "weak_password":
        return again({ field: "password", key: "field.password.common" });
      case "too_many":
        return again({ field: null, key: "auth.too_many" }, 429);
      case "away":
        return again({ field: null, key: "auth.unavailable" }, 503);
      default:
        return again({ field: null, key: "invitation.taken" });
    }
    const session = await services.sessions.begin(tokens);
    if (session === null || !await beginSession(ctx, tokens)) {
      return again({ field: null, key: "invitation.refused.other" });
    }
    return await accept((work) => services.db.asUser(session, work));
  },
});

export default define.page<typeof handler>(function InvitationPage({ data, state, url }) {
  const { i18n } = state;
  return (
    <Page
      i18n={i18n}
      title={i18n.t("invitation.title")}
      ready="auth-ready"
      class="wrap page-narrow"
    >
      <AcceptInvitation {...data} i18n={i18n} state={state} path={url.pathname} />
    </Page>
  );
});
