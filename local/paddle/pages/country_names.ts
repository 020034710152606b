import type { CountryCode } from "../countries.ts";
import type { CheckoutLanguage } from "./languages.ts";

/** Names that Deno's `Intl.DisplayNames` lacks: it knows neither Albanian nor Macedonian. */
const names: Record<"sq" | "mk", Record<CountryCode, string>> = {
  sq: {
    "XK": "Kosova",
    "MK": "Maqedonia e Veriut",
    "AL": "Shqipëria",
    "AT": "Austria",
    "BE": "Belgjika",
    "BG": "Bullgaria",
    "CH": "Zvicra",
    "DE": "Gjermania",
    "FR": "Franca",
    "GB": "Mbretëria e Bashkuar",
    "GR": "Greqia",
    "HR": "Kroacia",
    "IT": "Italia",
    "ME": "Mali i Zi",
    "RS": "Serbia",
    "SE": "Suedia",
    "SI": "Sllovenia",
    "US": "Shtetet e Bashkuara",
  },
  mk: {
    "XK": "Косово",
    "MK": "Северна Македонија",
    "AL": "Албанија",
    "AT": "Австрија",
    "BE": "Белгија",
    "BG": "Бугарија",
    "CH": "Швајцарија",
    "DE": "Германија",
    "FR": "Франција",
    "GB": "Обединето Кралство",
    "GR": "Грција",
    "HR": "Хрватска",
    "IT": "Италија",
    "ME": "Црна Гора",
    "RS": "Србија",
    "SE": "Шведска",
    "SI": "Словенија",
    "US": "Соединети Американски Држави",
  },
};

/**
 * What a country is called.
 *
 * @param code ISO 3166 code.
 * @param language Of the buyer.
 */
export function countryName(code: CountryCode, language: CheckoutLanguage): string {
  if (language === "sq" || language === "mk") return names[language][code];
  const locale = language === "sr" ? "sr-Latn" : "en";
  return new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code;
}
