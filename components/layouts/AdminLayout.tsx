import { seesEvents } from "../../site/guards.ts";
import { Frame } from "./Frame.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";

/** The pages of managers and administrators. */
export function AdminLayout({ view, children }: LayoutProps) {
  const { i18n, locale, tenant, viewer } = view;
  const links = [
    { href: `/${locale}/admin/overview`, text: i18n.t("portal.admin") },
    { href: `/${locale}/admin/claims`, text: i18n.t("admin.claims.title") },
    { href: `/${locale}/admin/members`, text: i18n.t("admin.members.title") },
    { href: `/${locale}/admin/leads`, text: i18n.t("leads.nav") },
  ];
  if (viewer !== null && seesEvents(viewer.role)) {
    links.push(
      { href: `/${locale}/admin/commissions`, text: i18n.t("commissions.title") },
      { href: `/${locale}/admin/users`, text: i18n.t("users.title") },
      { href: `/${locale}/admin/mails`, text: i18n.t("mails.title") },
      { href: `/${locale}/admin/nps`, text: i18n.t("nps.admin.title") },
      { href: `/${locale}/admin/webhooks`, text: i18n.t("admin.events.title") },
      { href: `/${locale}/admin/settings`, text: i18n.t("settings.title") },
      { href: `/${locale}/admin/ops`, text: i18n.t("ops.title") },
    );
  }
  return (
    <Frame view={view} kind="desk" links={links} portal={tenant.name}>
      <div class="wrap">{children}</div>
    </Frame>
  );
}
