import { Frame } from "./Frame.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";

/** A member's own pages. */
export function MemberLayout({ view, children }: LayoutProps) {
  const { i18n, locale } = view;
  const links = [
    { href: `/${locale}/member`, text: i18n.t("portal.member") },
    { href: `/${locale}/member/claims`, text: i18n.t("claims.title") },
    { href: `/${locale}/member/documents`, text: i18n.t("documents.title") },
    { href: `/${locale}/member/membership`, text: i18n.t("membership.title") },
    { href: `/${locale}/help`, text: i18n.t("nav.help") },
  ];
  return (
    <Frame view={view} kind="member" links={links}>
      <div class="wrap">{children}</div>
    </Frame>
  );
}
