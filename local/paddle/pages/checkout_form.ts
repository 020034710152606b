import { type CountryCode, isCountry } from "../countries.ts";
import { type CardKey, testCards } from "../test_cards.ts";
import type { CheckoutTexts } from "./checkout_texts.ts";

/** What the buyer has typed, right or wrong. */
export interface CheckoutInput {
  email: string;
  name: string;
  country: string;
  card: string;
}

/** A field that needs another look. */
export interface CheckoutProblem {
  field: keyof CheckoutInput;
  message: string;
}

/** What came out of reading the form. */
export type CheckoutForm =
  | {
    ok: true;
    buyer: { email: string; name: string | null; country: CountryCode; card: CardKey };
  }
  | { ok: false; problems: CheckoutProblem[] };

/**
 * Checks what the buyer typed.
 *
 * @param input The fields.
 * @param texts The buyer's language.
 */
export function readCheckoutForm(input: CheckoutInput, texts: CheckoutTexts): CheckoutForm {
  const problems: CheckoutProblem[] = [];
  const email = input.email.trim();
  if (email.length > 254 || !/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]{2,}$/.test(email)) {
    problems.push({ field: "email", message: texts.emailWrong });
  }
  const { country, card } = input;
  if (!isCountry(country)) problems.push({ field: "country", message: texts.countryWrong });
  if (!isCard(card)) problems.push({ field: "card", message: texts.cardWrong });
  if (problems.length > 0 || !isCountry(country) || !isCard(card)) return { ok: false, problems };
  const name = input.name.trim().slice(0, 120);
  return { ok: true, buyer: { email, name: name === "" ? null : name, country, card } };
}

function isCard(value: string): value is CardKey {
  return Object.hasOwn(testCards, value);
}
