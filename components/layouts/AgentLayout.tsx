import { Frame } from "./Frame.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";

/** The pages of agents. */
export function AgentLayout({ view, children }: LayoutProps) {
  const { i18n, locale, tenant } = view;
  const links = [
    { href: `/${locale}/agent`, text: i18n.t("portal.agent") },
    { href: `/${locale}/agent/members`, text: i18n.t("agent.members.title") },
    { href: `/${locale}/agent/leads`, text: i18n.t("agent.leads.title") },
    { href: `/${locale}/agent/claims`, text: i18n.t("agent.claims.short") },
    { href: `/${locale}/agent/commissions`, text: i18n.t("agent.commissions.title") },
    { href: `/${locale}/agent/referral`, text: i18n.t("agent.referral.title") },
  ];
  return (
    <Frame view={view} kind="desk" links={links} portal={tenant.name}>
      <div class="wrap">{children}</div>
    </Frame>
  );
}
