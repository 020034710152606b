/** Addresses of a member's claims. */
import type { Locale } from "@core/platform/i18n.ts";

/**
 * Address of a member's claim.
 *
 * @param locale Language of the page.
 * @param claimId The claim.
 * @param rest What follows, beginning with a slash, `?` or `#`.
 */
export function claimHref(locale: Locale, claimId: string, rest = ""): string {
  return `/${locale}/member/claims/${claimId}${rest}`;
}
