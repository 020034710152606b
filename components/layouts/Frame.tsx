import type { ComponentChildren } from "preact";
import { AccountMenu } from "../AccountMenu.tsx";
import { ButtonLink } from "../Button.tsx";
import { DeletionBanner } from "../privacy/DeletionBanner.tsx";
import { Footer } from "../Footer.tsx";
import { Icon } from "../Icon.tsx";
import { LanguageMenu } from "../LanguageSwitch.tsx";
import { Logo } from "../Logo.tsx";
import { NotificationBell } from "../NotificationBell.tsx";
import type { View } from "../view.ts";

/** A link of the header. */
export interface HeaderLink {
  readonly href: string;
  readonly text: string;
}

/** Props of {@linkcode Frame}. */
export interface FrameProps {
  readonly view: View;
  /** Links of the header, in their order. */
  readonly links: readonly HeaderLink[];
  /** `account` holds one form; `desk` is for those who work here all day. */
  readonly kind: "public" | "account" | "member" | "desk";
  /** Without the ways to sign in and to join: for members who came by a link in a mail. */
  readonly quiet?: boolean;
  /** Name of the portal, shown beside the logo. */
  readonly portal?: string;
  readonly children: ComponentChildren;
}

/** More links than this get a row of their own. */
const MANY_LINKS = 3;

/** What all layouts share: the way past the header, header, content and footer. */
export function Frame({ view, links, kind, quiet = false, portal, children }: FrameProps) {
  const { i18n, locale, viewer } = view;
  const invites = viewer === null && !quiet;
  return (
    <>
      <a class="skip" href="#content">{i18n.t("nav.skip")}</a>
      <header class={`header header-${kind}`}>
        <div class={links.length > MANY_LINKS ? "wrap header-row header-many" : "wrap header-row"}>
          <a class="header-logo" href={`/${locale}`} aria-label={i18n.t("nav.home")}>
            <Logo />
          </a>
          {portal && <span class="header-portal">{portal}</span>}
          {links.length > 0 && (
            <nav class="header-nav" aria-label={i18n.t("nav.main")}>
              <HeaderLinks links={links} />
            </nav>
          )}
          <div class="header-tools">
            <LanguageMenu view={view} />
            {viewer && <NotificationBell view={view} />}
            {viewer && <AccountMenu view={view} viewer={viewer} />}
            {invites && (
              <div class="header-visitor">
                <a class="header-login" href={`/${locale}/login`}>{i18n.t("nav.login")}</a>
                <ButtonLink href={`/${locale}/register`}>{i18n.t("nav.register")}</ButtonLink>
              </div>
            )}
            {(links.length > 0 || invites) && (
              <details class="menu menu-burger" name="header">
                <summary aria-label={i18n.t("nav.menu")}>
                  <Icon name="menu" />
                </summary>
                <div class="menu-panel">
                  <HeaderLinks links={links} />
                  {invites && (
                    <div class="menu-visitor">
                      <ButtonLink href={`/${locale}/register`}>
                        {i18n.t("nav.register")}
                      </ButtonLink>
                      <ButtonLink href={`/${locale}/login`} kind="secondary">
                        {i18n.t("nav.login")}
                      </ButtonLink>
                    </div>
                  )}
                </div>
              </details>
            )}
          </div>
        </div>
      </header>
      <main id="content" class={`main main-${kind}`} tabIndex={-1}>
        {(kind === "member" || kind === "desk") && <DeletionBanner view={view} />}
        {children}
      </main>
      <Footer view={view} />
    </>
  );
}

function HeaderLinks({ links }: { readonly links: readonly HeaderLink[] }) {
  return (
    <ul>
      {links.map(({ href, text }) => (
        <li key={href}>
          <a href={href}>{text}</a>
        </li>
      ))}
    </ul>
  );
}
