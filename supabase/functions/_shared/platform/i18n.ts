/**
 * The words of the product in its four languages, for pages and mails alike.
 *
 * Messages are flat keys in `locales/*.json` with `{name}` placeholders. A message that depends on
 * a count has three keys, `_one`, `_few` and `_other`; each language uses those it has.
 *
 * @module
 */

import en from "../../../../locales/en.json" with { type: "json" };
import mk from "../../../../locales/mk.json" with { type: "json" };
import sq from "../../../../locales/sq.json" with { type: "json" };
import sr from "../../../../locales/sr.json" with { type: "json" };
import { formatDate, formatDateTime, formatMoney, formatNumber } from "./i18n_formats.ts";

/** The languages of the product, in the order in which they are offered. */
export const LOCALES = ["sq", "en", "mk", "sr"] as const;

/** A language of the product: Albanian, English, Macedonian or Serbian in Latin script. */
export type Locale = typeof LOCALES[number];

/** Key of a message. Every language has the same keys. */
export type MessageKey = keyof typeof en;

/** Base of the three keys of a message that depends on a count. */
export type PluralKey = MessageKey extends infer Key
  ? Key extends `${infer Base}_other` ? Base : never
  : never;

/** Values for a message's `{name}` placeholders. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** The words and formats of one language. */
export interface I18n {
  readonly locale: Locale;
  /** BCP 47 tag for `lang` attributes and `Intl`. */
  readonly tag: string;
  /** The message, its placeholders filled in. */
  t(key: MessageKey, params?: MessageParams): string;
  /** The form of the message that goes with a count; `{count}` is filled in. */
  plural(key: PluralKey, count: number, params?: MessageParams): string;
  /** An amount in minor units (cents) with its currency sign; whole amounts without decimals. */
  money(minorUnits: number | bigint, currency: string): string;
  /** A day in words, in the time zone of the tenant. */
  date(when: Date): string;
  /** A day in words and the time of day, in the time zone of the tenant. */
  dateTime(when: Date): string;
  /** A whole number with the language's grouping. */
  number(value: number | bigint): string;
}

const MESSAGES: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = { sq, en, mk, sr };

/** BCP 47 tag of each language. */
export const LANGUAGE_TAGS: Readonly<Record<Locale, string>> = {
  sq: "sq",
  en: "en",
  mk: "mk",
  sr: "sr-Latn",
};

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = {
  sq: "Shqip",
  en: "English",
  mk: "Македонски",
  sr: "Srpski",
};

/** Languages whose readers are served by one of ours. */
const UNDERSTOOD: Readonly<Record<string, Locale>> = { bs: "sr", hr: "sr", sh: "sr", cnr: "sr" };

const known = new Map<string, I18n>();

/**
 * Words and formats for a language. Made once per language and time zone.
 *
 * @param locale The language.
 * @param timeZone IANA name of the zone in which dates are told, such as `Europe/Belgrade`.
 */
export function i18nFor(locale: Locale, timeZone = "UTC"): I18n {
  const name = `${locale} ${timeZone}`;
  const present = known.get(name);
  if (present) return present;
  const made = createI18n(locale, timeZone);
  known.set(name, made);
  return made;
}

/** Whether a text names one of the product's languages. */
export function isLocale(text: unknown): text is Locale {
  return typeof text === "string" && (LOCALES as readonly string[]).includes(text);
}

/** Whether a text, such as a plan's feature from the database, is the key of a message. */
export function isMessageKey(text: string): text is MessageKey {
  return Object.hasOwn(en, text);
}

/**
 * The language that serves a reader best.
 *
 * @param acceptLanguage The `Accept-Language` header, or null.
 * @param fallback The language for readers who ask for none of ours.
 */
export function bestLocale(acceptLanguage: string | null, fallback: Locale): Locale {
  const wishes = (acceptLanguage ?? "").split(",").slice(0, 20).map((part, place) => {
    const [range = "", ...parameters] = part.trim().toLowerCase().split(";");
    const q = parameters.map((p) => p.trim()).find((p) => p.startsWith("q="));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    return { language: range.trim().split("-")[0] ?? "", weight, place };
  }).filter(({ weight }) => weight > 0 && weight <= 1);
  wishes.sort((a, b) => b.weight - a.weight || a.place - b.place);
  for (const { language } of wishes) {
    if (isLocale(language)) return language;
    const near = UNDERSTOOD[language];
    if (near) return near;
  }
  return fallback;
}

function createI18n(locale: Locale, timeZone: string): I18n {
  const messages = MESSAGES[locale];
  const tag = LANGUAGE_TAGS[locale];
  const rules = new Intl.PluralRules(tag);

  function plural(key: PluralKey, count: number, params: MessageParams = {}): string {
    const form = rules.select(count);
    const suffix = form === "one" || form === "few" ? form : "other";
    return fill(messages[`${key}_${suffix}` as MessageKey], { count, ...params });
  }

  return {
    locale,
    tag,
    t: (key, params) => params ? fill(messages[key], params) : messages[key],
    plural,
    money: (minorUnits, currency) => formatMoney(locale, minorUnits, currency),
    date: (when) => formatDate(locale, timeZone, when),
    dateTime: (when) => formatDateTime(locale, timeZone, when),
    number: (value) => formatNumber(locale, value),
  };
}

function fill(message: string, params: MessageParams): string {
  return message.replace(
    /\{(\w+)\}/g,
    (placeholder, name: string) => Object.hasOwn(params, name) ? `${params[name]}` : placeholder,
  );
}
