import type { I18n } from "@core/platform/i18n.ts";

/** Props of {@linkcode Money}. */
export interface MoneyProps {
  readonly i18n: I18n;
  /** Amount in minor units. */
  readonly cents: number;
  /** ISO 4217 code. */
  readonly currency: string;
}

/** An amount of money as the page's language writes it; it never breaks across lines. */
export function Money({ i18n, cents, currency }: MoneyProps) {
  return <span class="money">{i18n.money(cents, currency)}</span>;
}
