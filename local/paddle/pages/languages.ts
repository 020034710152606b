/** Languages of the checkout; `sr` is written in Latin script. */
export const checkoutLanguages = ["sq", "en", "mk", "sr"] as const;

/** One of {@link checkoutLanguages}. */
export type CheckoutLanguage = typeof checkoutLanguages[number];

/**
 * The locale that formats numbers. Deno's `Intl` knows neither Albanian nor Macedonian and would fall
 * back to American English, so both borrow Serbian, which writes numbers the same way.
 */
export const formatLocale: Record<CheckoutLanguage, string> = {
  sq: "sr-Latn-RS",
  en: "en-IE",
  mk: "sr-Latn-RS",
  sr: "sr-Latn-RS",
};

/**
 * The language of a checkout: what the shop's return address says, else the browser's wish.
 *
 * @param returnUrl Where the shop wants the buyer back, such as `https://…/sq/checkout`.
 * @param acceptLanguage The request's header.
 */
export function chooseLanguage(
  returnUrl: string | null,
  acceptLanguage: string | undefined,
): CheckoutLanguage {
  const ofShop = (URL.parse(returnUrl ?? "")?.pathname ?? "").split("/")[1];
  const wishes = (acceptLanguage ?? "").split(",").map((wish) =>
    wish.split(";")[0]?.trim().slice(0, 2).toLowerCase()
  );
  return [ofShop, ...wishes].find(isLanguage) ?? "en";
}

/**
 * Puts values into a text.
 *
 * @param text With `{name}` where a value belongs.
 */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}

/**
 * Writes minor units as an amount of money.
 *
 * @param minor Minor units.
 * @param currency ISO 4217.
 */
export function formatMoney(
  minor: string | number,
  currency: string,
  language: CheckoutLanguage = "en",
): string {
  return new Intl.NumberFormat(formatLocale[language], { style: "currency", currency })
    .format(Number(minor) / 100);
}

function isLanguage(value: string | undefined): value is CheckoutLanguage {
  return checkoutLanguages.some((language) => language === value);
}
