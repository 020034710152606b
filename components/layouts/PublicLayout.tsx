import type { ComponentChildren } from "preact";
import { portalOf, portalRoot } from "@core/identity/roles.ts";
import type { View } from "../view.ts";
import { Frame } from "./Frame.tsx";

/** Props of every layout. */
export interface LayoutProps {
  readonly view: View;
  readonly children: ComponentChildren;
}

/** Props of {@linkcode PublicLayout}. */
export interface PublicLayoutProps extends LayoutProps {
  /** `account` for pages with one form. */
  readonly kind?: "public" | "account";
}

/** A page that a link in one of our mails leads to: one thing to do, and nothing beside it. */
export function LinkLayout({ view, children }: LayoutProps) {
  return <Frame view={view} kind="account" links={[]} quiet>{children}</Frame>;
}

/** The pages that everyone sees. */
export function PublicLayout({ view, kind = "public", children }: PublicLayoutProps) {
  const { i18n, locale, viewer } = view;
  const links = [
    { href: `/${locale}/pricing`, text: i18n.t("nav.pricing") },
    { href: `/${locale}/help`, text: i18n.t("nav.help") },
  ];
  if (viewer) {
    links.unshift({
      href: portalRoot(viewer.role, locale),
      text: i18n.t(`portal.${portalOf(viewer.role)}`),
    });
  }
  return <Frame view={view} kind={kind} links={links}>{children}</Frame>;
}
