import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { TenantFacts } from "@core/identity/tenants.ts";
import { config } from "../../fresh.config.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem, Typed } from "../../site/forms.ts";
import type { Invitation } from "../../site/invitations.ts";
import { withQuery } from "../../site/links.ts";
import type { Viewer } from "../../site/viewer.ts";
import { buttonClass, ButtonLink } from "../Button.tsx";
import { Facts } from "../Card.tsx";
import { DateTime } from "../DateTime.tsx";
import { ErrorSummary } from "../ErrorSummary.tsx";
import { Field } from "../Field.tsx";

/** Props of {@linkcode AcceptInvitation}. */
export interface AcceptInvitationProps {
  readonly i18n: I18n;
  readonly invitation: Invitation;
  readonly problems: readonly Problem[];
  readonly typed: Typed;
  readonly confirm: boolean;
  readonly state: {
    readonly locale: Locale;
    readonly tenant: TenantFacts;
    readonly viewer: Viewer | null;
  };
  /** Address of the page, which its forms post to. */
  readonly path: string;
}

/** An invitation, and the one thing that its reader can do with it. */
export function AcceptInvitation(props: AcceptInvitationProps) {
  const { i18n, invitation, problems, state } = props;
  const { t } = i18n;
  const { state: how, role, email, invitedByName, expiresAt } = invitation;
  if (how !== "open" || role === null || expiresAt === null) {
    const over = how === "open" ? "unknown" : how;
    return (
      <div class="form" data-testid={`invitation-${over}`}>
        <h1>{t(`invitation.${over}.title`)}</h1>
        <p class="lead">{t(`invitation.${over}.text`)}</p>
        <ErrorSummary i18n={i18n} problems={problems} />
        <p>
          <ButtonLink href={`/${state.locale}/login`} kind="secondary">{t("nav.login")}</ButtonLink>
        </p>
      </div>
    );
  }
  if (props.confirm) {
    return (
      <div class="form" data-testid="invitation-confirm">
        <h1>{t("register.check_inbox.title")}</h1>
        <p class="lead">{t("invitation.confirm.text", { email: email ?? "" })}</p>
      </div>
    );
  }
  const tenant = state.tenant.name;
  const inviter = invitedByName ?? tenant;
  return (
    <div class="form" data-testid="invitation-open">
      <h1>
        {t(role === "member" ? "invitation.headline.member" : "invitation.headline.staff", {
          inviter,
          tenant,
        })}
      </h1>
      <Facts
        facts={[
          { name: t("invitation.role"), value: t(`role.${role}`) },
          { name: t("auth.email"), value: <span class="breakable">{email}</span> },
          { name: t("invitation.until"), value: <DateTime i18n={i18n} when={expiresAt} /> },
        ]}
      />
      <ErrorSummary i18n={i18n} problems={problems} />
      <Act {...props} />
    </div>
  );
}

function Act({ i18n, invitation, problems, typed, state, path }: AcceptInvitationProps) {
  const { t } = i18n;
  const { viewer, locale } = state;
  const invited = invitation.email ?? "";
  if (viewer !== null && invitation.isMine !== true) {
    return (
      <div class="form" data-testid="invitation-other">
        <h2>{t("invitation.other")}</h2>
        <p>{t("invitation.other.text", { email: viewer.email, invited })}</p>
        <form method="post" action={`/${locale}/logout`}>
          <button type="submit" class={buttonClass("secondary")}>{t("nav.logout")}</button>
        </form>
      </div>
    );
  }
  if (viewer !== null) {
    return (
      <form method="post" action={path} class="form" data-testid="accept-form">
        <p>{t("invitation.accept.text", { email: viewer.email })}</p>
        <SubmitOnce
          text={t("invitation.accept")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
        />
      </form>
    );
  }
  const { password } = config.form;
  return (
    <>
      <h2>{t("invitation.join")}</h2>
      <form method="post" action={path} class="form" novalidate data-testid="join-form">
        <Field
          i18n={i18n}
          name="name"
          label={t("auth.name")}
          hint={t("auth.name.hint")}
          autocomplete="name"
          value={typed["name"] ?? invitation.fullName ?? ""}
          problems={problems}
        />
        {/* For password managers; what counts is the invitation's address. */}
        <input
          type="email"
          name="username"
          value={invited}
          autocomplete="username"
          class="visually-hidden"
          tabIndex={-1}
          aria-hidden="true"
          readOnly
        />
        <Field
          i18n={i18n}
          name="password"
          type="password"
          label={t("auth.password")}
          hint={t("auth.password.hint", password)}
          autocomplete="new-password"
          problems={problems}
        />
        <SubmitOnce
          text={t("invitation.join.submit")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
        />
      </form>
      <p class="aside">
        {t("invitation.have_account")}{" "}
        <a href={withQuery(`/${locale}/login`, { next: path })}>{t("invitation.sign_in")}</a>
      </p>
    </>
  );
}
