import { Frame } from "./Frame.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";

/** The pages of agents. */
export function AgentLayout({ view, children }: LayoutProps) {
  const { i18n, locale, tenant } = view;
  const links = [
    { href: `/${locale}/agent`, text: i18n.t("portal.agent") },
    { href: `/${locale}/agent/claims`, text: i18n.t("agent.claims.title") },
    { href: `/${locale}/agent/members/invite`, text: i18n.t("invite.member.title") },
  ];
  return (
    <Frame view={view} kind="desk" links={links} portal={tenant.name}>
      <div class="wrap">{children}</div>
    </Frame>
  );
}
