import { portalOf, portalRoot } from "@core/identity/roles.ts";
import { privacyPath } from "../site/links.ts";
import { displayName, initials, type Viewer } from "../site/viewer.ts";
import { Icon } from "./Icon.tsx";
import type { View } from "./view.ts";

/** Props of {@linkcode AccountMenu}. */
export interface AccountMenuProps {
  readonly view: View;
  readonly viewer: Viewer;
}

/** Who is signed in, where their pages are, and the way out. */
export function AccountMenu({ view, viewer }: AccountMenuProps) {
  const { i18n, locale } = view;
  const name = displayName(viewer);
  return (
    <details class="menu menu-account" name="header" data-testid="account-menu">
      <summary>
        <span class="initials" aria-hidden="true">{initials(name)}</span>
        <span class="visually-hidden">{i18n.t("nav.account")}:</span>
        <span class="menu-name">{name}</span>
        <Icon name="chevron" size={16} />
      </summary>
      <div class="menu-panel">
        <p class="menu-who">
          <span>{i18n.t("nav.signed_in_as")}</span>
          <strong>{name}</strong>
          <span>{viewer.email}</span>
        </p>
        <ul>
          <li>
            <a href={portalRoot(viewer.role, locale)}>
              {i18n.t(`portal.${portalOf(viewer.role)}`)}
            </a>
          </li>
          {portalOf(viewer.role) === "member" && (
            <li>
              <a href={`/${locale}/member/settings`}>{i18n.t("settings.title")}</a>
            </li>
          )}
          <li>
            <a href={`/${locale}/account/security`}>{i18n.t("security.title")}</a>
          </li>
          <li>
            <a href={privacyPath(locale)}>{i18n.t("privacy.title")}</a>
          </li>
          <li>
            <a href={`/${locale}/help`}>{i18n.t("nav.help")}</a>
          </li>
        </ul>
        <form method="post" action={`/${locale}/logout`}>
          <button type="submit" class="menu-action" data-testid="logout">
            {i18n.t("nav.logout")}
          </button>
        </form>
      </div>
    </details>
  );
}
