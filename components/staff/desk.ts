/** What the parts of a claim's page for staff share. */
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import type { DeskClaim } from "../../site/claim_desk.ts";
import type { DeskAct, DeskAgain } from "../../site/desk_acts.ts";
import type { Viewer } from "../../site/viewer.ts";

/** Portals that have a desk. */
export type DeskPortal = "staff" | "admin";

/** Props of the parts of a claim's page. */
export interface DeskProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly portal: DeskPortal;
  readonly desk: DeskClaim;
  /** Address of the page with the list that it leads back to: where its forms go. */
  readonly here: string;
  /** The form that has to be looked at again. */
  readonly again: DeskAgain | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What was typed into a form, and what was wrong with it. */
export function triedOf(
  again: DeskAgain | null,
  act: DeskAct,
): { readonly typed: Typed; readonly problems: readonly Problem[] } {
  return again?.act === act ? again : { typed: {}, problems: [] };
}

/**
 * Address of a claim in a portal.
 *
 * @param rest What follows, beginning with a slash, `?` or `#`.
 */
export function deskHref(locale: Locale, portal: DeskPortal, claimId: string, rest = ""): string {
  return `/${locale}/${portal}/claims/${claimId}${rest}`;
}
