import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { ChosenTenant } from "../../site/chosen_tenant.ts";
import { withQuery } from "../../site/links.ts";
import type { Viewer } from "../../site/viewer.ts";
import { TenantChips } from "../admin/TenantChips.tsx";
import { Chips } from "../Chips.tsx";

/** The pages on which administrators set something. */
const PAGES = ["settings", "branches", "plans", "tenants"] as const;

/** Props of {@linkcode SettingsNav}. */
export interface SettingsNavProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly current: typeof PAGES[number];
  /** The country that the page is about; without it no other can be chosen. */
  readonly tenant?: ChosenTenant;
}

/** The way between the pages of settings, and for super admins between the countries. */
export function SettingsNav({ i18n, locale, viewer, current, tenant }: SettingsNavProps) {
  const { t } = i18n;
  const isSuper = viewer.role === "super_admin";
  const query = { tenant: tenant === undefined || !isSuper ? null : tenant.id };
  return (
    <div class="filters">
      <Chips
        label={t("administration.nav")}
        chips={PAGES.filter((name) => name !== "tenants" || isSuper).map((name) => ({
          text: t(`${name}.title`),
          // The current one without a path, for Fresh marks a link to the page's own in its own way.
          href: name === current
            ? withQuery("", query) || "?"
            : withQuery(`/${locale}/admin/${name}`, name === "tenants" ? {} : query),
          isCurrent: name === current,
        }))}
      />
      {tenant !== undefined && <TenantChips i18n={i18n} {...tenant} />}
    </div>
  );
}
