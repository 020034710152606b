import { Frame } from "./Frame.tsx";
import type { LayoutProps } from "./PublicLayout.tsx";

/** The pages of those who work on claims. */
export function StaffLayout({ view, children }: LayoutProps) {
  const { i18n, locale, tenant } = view;
  const links = [{ href: `/${locale}/staff/claims`, text: i18n.t("portal.staff") }];
  return (
    <Frame view={view} kind="desk" links={links} portal={tenant.name}>
      <div class="wrap">{children}</div>
    </Frame>
  );
}
