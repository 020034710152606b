import type { I18n } from "@core/platform/i18n.ts";
import type { OpenInvitation } from "../../site/invitations.ts";
import { buttonClass } from "../Button.tsx";
import { DateTime } from "../DateTime.tsx";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode InvitationList}. */
export interface InvitationListProps {
  readonly i18n: I18n;
  readonly invitations: readonly OpenInvitation[];
  /** Address that the forms post to. */
  readonly action: string;
}

/** Who is invited and has not accepted, with what can be done about it. */
export function InvitationList({ i18n, invitations, action }: InvitationListProps) {
  const { t } = i18n;
  if (invitations.length === 0) return <p class="nothing">{t("users.invitations.none")}</p>;
  return (
    <ul class="sessions" data-testid="invitations">
      {invitations.map(({ id, email, fullName, role, expiresAt, isOver }) => (
        <li key={id} data-testid="invitation">
          <div>
            <p class="session-name">
              <strong>{fullName || email}</strong>
            </p>
            <p class="fine">
              {fullName !== "" && <>{email}{" · "}</>}
              {t(`role.${role}`)}
              {" · "}
              <Rich
                text={t(isOver ? "users.invitation.over" : "users.invitation.until")}
                parts={{ when: <DateTime i18n={i18n} when={expiresAt} /> }}
              />
            </p>
          </div>
          <form method="post" action={action} class="actions">
            <input type="hidden" name="invitation" value={id} />
            <button
              type="submit"
              name="do"
              value="renew"
              class={buttonClass("secondary")}
              aria-label={t("users.invitation.renew_of", { email })}
            >
              {t("users.invitation.renew")}
            </button>
            <button
              type="submit"
              name="do"
              value="revoke"
              class={buttonClass("quiet")}
              aria-label={t("users.invitation.revoke_of", { email })}
            >
              {t("users.invitation.revoke")}
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}
