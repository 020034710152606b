import { Frame } from "./Frame.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";

/** The pages of managers and administrators. */
export function AdminLayout({ view, children }: LayoutProps) {
  const { i18n, locale, tenant } = view;
  const links = [{ href: `/${locale}/admin/overview`, text: i18n.t("portal.admin") }];
  return (
    <Frame view={view} kind="desk" links={links} portal={tenant.name}>
      <div class="wrap">{children}</div>
    </Frame>
  );
}
