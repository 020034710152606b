import type { ComponentChildren } from "preact";
import { Head } from "fresh/runtime";
import type { I18n } from "@core/platform/i18n.ts";

/** Props of {@linkcode Page}. */
export interface PageProps {
  readonly i18n: I18n;
  /** What the browser's tab says, without the site's name. */
  readonly title: string;
  /** The page's readiness marker, `data-testid`. */
  readonly ready: string;
  /** Further classes of the page's root. */
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** The root of a page: its title and its readiness marker. */
export function Page({ i18n, title, ready, class: name, children }: PageProps) {
  return (
    <>
      <Head>
        <title>{`${title} · ${i18n.t("site.name")}`}</title>
      </Head>
      <div class={name} data-testid={ready}>{children}</div>
    </>
  );
}
