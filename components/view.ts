/** What layouts and larger components know about the page around them. */
import type { TenantFacts } from "@core/identity/tenants.ts";
import type { Clock } from "@core/platform/clock.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Viewer } from "../site/viewer.ts";

/** The page's surroundings. */
export interface View {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly tenant: TenantFacts;
  /** Who is signed in. */
  readonly viewer: Viewer | null;
  /** Notifications that they have not read. */
  readonly unread: number;
  /** Address of the page. */
  readonly url: URL;
  /** The current year, for the copyright line. */
  readonly year: number;
}

/** What {@linkcode viewOf} takes from a page's props. */
export interface ViewProps {
  readonly url: URL;
  readonly state: Omit<View, "url" | "year"> & { readonly services: { readonly clock: Clock } };
}

/**
 * The surroundings of a page from what Fresh hands to it.
 *
 * @param props Props of a page or layout.
 */
export function viewOf({ url, state }: ViewProps): View {
  const { i18n, locale, tenant, viewer, unread, services } = state;
  const year = new Date(services.clock.now()).getUTCFullYear();
  return { i18n, locale, tenant, viewer, unread, url, year };
}
