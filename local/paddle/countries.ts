/** Where the checkout lets a buyer live, with the rate of value added tax there. */
export const countries = {
  "XK": 0.18,
  "MK": 0.18,
  "AL": 0.20,
  "AT": 0.20,
  "BE": 0.21,
  "BG": 0.20,
  "CH": 0.081,
  "DE": 0.19,
  "FR": 0.20,
  "GB": 0.20,
  "GR": 0.24,
  "HR": 0.25,
  "IT": 0.22,
  "ME": 0.21,
  "RS": 0.20,
  "SE": 0.25,
  "SI": 0.22,
  "US": 0,
} as const satisfies Record<string, number>;

/** ISO 3166 code of a country that the checkout offers (`XK` is Kosovo). */
export type CountryCode = keyof typeof countries;

/** All of them, in the order the checkout lists them. */
export const countryCodes = Object.keys(countries) as CountryCode[];

/**
 * Whether the checkout offers a country.
 *
 * @param code ISO 3166 code.
 */
export function isCountry(code: string): code is CountryCode {
  return Object.hasOwn(countries, code);
}
